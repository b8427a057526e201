import { createPromoteHandler, type PromoteRuntime } from '../functions/promote.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<PromoteRuntime> {
  const { store } = await cloudRuntime();
  return { store };
}

export const handler = observed('promote', createPromoteHandler(loadCloud), ({ promoted }) => ({
  PromotedStudents: Number(promoted),
}));
