/** The part of Step Functions that a trigger needs. */
export interface StepFunctions {
  /**
   * Start an execution.
   *
   * @returns false if there was one of this name before; nothing is started then
   */
  start(stateMachineArn: string, name: string, input: Readonly<Record<string, unknown>>): Promise<boolean>;
}

/** Step Functions as the environment names it. The SDK is loaded here, so that a CLI does without. */
export async function stepFunctions(): Promise<StepFunctions> {
  const { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } = await import('@aws-sdk/client-sfn');
  const client = new SFNClient({ maxAttempts: 5 });
  return {
    async start(stateMachineArn, name, input) {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
        return true;
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return false;
        throw error;
      }
    },
  };
}
