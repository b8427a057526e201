/** Options of every command that calls the cloud. */
export interface CloudOptions {
  readonly stage: string;
  readonly region?: string; // default: as the SDK finds it
  readonly profile?: string; // of the SDK's configuration files
  readonly json?: boolean;
}
