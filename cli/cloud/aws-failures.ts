import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { fields, integer, readJson, readShape } from '../../shared/shape.ts';
import { calling } from './aws-errors.ts';
import { damagedExecution } from './aws-executions.ts';
import type { CloudSession } from './aws-session.ts';

/** A chunk that could not be screened. */
export interface FailedChunk {
  readonly chunk: number;
  readonly error: string;
}

const MOST_NAMED = 5;
const CHUNK = fields({ chunk: integer() });
const CAUSE = fields({ errorMessage: v.optional(v.string()) });

/** The first of the chunks that failed, with the reasons: the execution itself says only that some did. */
export async function failedChunks({ states }: CloudSession, mapRunArn: string): Promise<FailedChunk[]> {
  const list = new ListExecutionsCommand({ mapRunArn, statusFilter: 'FAILED', maxResults: MOST_NAMED });
  const { executions = [] } = await calling('states:ListExecutions', mapRunArn, () => states.send(list));
  const failed = executions.map(async ({ executionArn }) => {
    const { input, error, cause } = await calling('states:DescribeExecution', executionArn ?? '', () =>
      states.send(new DescribeExecutionCommand({ executionArn })),
    );
    const refuse = damagedExecution('input of the execution');
    return { chunk: readShape(CHUNK, readJson(input ?? '{}', refuse), refuse).chunk, error: reasonOf(error, cause) };
  });
  return Promise.all(failed);
}

/** A function's error is JSON in the cause. */
export function reasonOf(error = 'failed', cause = ''): string {
  try {
    const refuse = damagedExecution('cause of the failure');
    const { errorMessage = cause } = readShape(CAUSE, readJson(cause, refuse), refuse);
    return `${error}: ${errorMessage}`;
  } catch {
    return cause === '' ? error : `${error}: ${cause}`;
  }
}
