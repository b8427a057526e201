import type { ExecutionState, Executions } from '../shared/executions/begin.ts';

/** Executions of a workflow that are kept in memory: a start is RUNNING until the test ends it. */
export class RecordedExecutions implements Executions {
  readonly inputs = new Map<string, unknown>();
  readonly states = new Map<string, ExecutionState>();
  readonly redriven: string[] = [];
  private seconds = 0;

  /** A time after everything that happened so far. */
  now(): Date {
    this.seconds += 10;
    return new Date(Date.UTC(2026, 0, 1) + this.seconds * 1000);
  }

  end(name: string, status: string, more: Partial<ExecutionState> = {}): void {
    const { began, redrives } = this.states.get(name)!;
    this.states.set(name, { ...ended(status), ...more, began, redrives });
  }

  describe = async (name: string): Promise<ExecutionState | undefined> => this.states.get(name);

  start = async (name: string, input: unknown): Promise<boolean> => {
    if (this.states.has(name)) return false;
    this.inputs.set(name, input);
    this.states.set(name, { ...ended('RUNNING'), began: this.now() });
    return true;
  };

  redrive = async (name: string): Promise<boolean> => {
    const found = this.states.get(name)!;
    if (!found.redrivable) return false;
    this.redriven.push(name);
    this.states.set(name, { ...ended('RUNNING'), began: this.now(), redrives: found.redrives + 1 });
    return true;
  };
}

/** An execution in a state, that can be redriven if it did not succeed. */
export function ended(status: string): ExecutionState {
  const redrivable = status !== 'SUCCEEDED' && status !== 'RUNNING';
  return { status, began: new Date(0), redrives: 0, redrivable, error: undefined, output: undefined };
}
