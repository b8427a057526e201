import './no-telemetry.ts'; // before the runtime
import { InputError } from '../errors.ts';

/** What onnxruntime-node exports. */
export type Runtime = typeof import('onnxruntime-node');

/**
 * ONNX Runtime, loaded when the first model is opened: it is a native library, and most of ionsieve works where it has none.
 *
 * @throws {InputError} naming the platform, if its library is missing or does not load
 */
export async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new InputError(
      `ONNX Runtime, which computes models, does not load on ${platformName()} (${reason})`,
      { file: 'onnxruntime-node' },
      'It has libraries for Linux with glibc, for Windows, and for macOS on Apple silicon. On one of these, install ionsieve again; on another, such as Alpine Linux or an Intel Mac, use a container or a machine with one of them.',
      { cause: error },
    );
  }
}

/** Such as linux-x64, or linux-x64 with musl. */
function platformName(): string {
  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header;
  const library = process.platform === 'linux' && glibcVersionRuntime === undefined ? ' with musl' : '';
  return `${process.platform}-${process.arch}${library}`;
}
