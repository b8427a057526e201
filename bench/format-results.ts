import { formatTable } from '../cli/terminal/output.ts';
import type { Machine } from './machine.ts';
import type { PartResult, Ratio } from './measure.ts';
import type { Quartiles } from './statistics.ts';

/** What `--json` prints. */
export interface BenchResults {
  readonly machine: Machine;
  readonly threads: number;
  readonly seed: number;
  readonly space: string; // file that was screened
  readonly parts: Readonly<Record<string, PartResult>>; // by name
  readonly ratios: readonly Ratio[];
}

const HEADER = ['', 'median', 'least', 'most', 'unit'];

/** Results as tables for a terminal. */
export function formatResults({ machine, threads, seed, space, parts, ratios }: BenchResults): string {
  const { processor, architecture, cores, memoryGB, node, onnxruntime, ionsieve, student } = machine;
  const head = [
    `${processor}, ${architecture}, ${cores} cores, ${memoryGB} GB; Node ${node}, ONNX Runtime ${onnxruntime}, ionsieve ${ionsieve}`,
    `student ${student.slice(0, 12)}…, space ${space}, threads ${threads}, seed ${seed}`,
  ];
  const tables = Object.entries(parts).map(([name, part]) => `\n${name}: ${part.title}\n${formatPart(part)}`);
  const compared = ratios.map(({ title, ...ratio }) => [title, ...cells(ratio), '']);
  return `${head.join('\n')}\n${tables.join('')}${compared.length > 0 ? `\n${formatTable(['ratios', ...HEADER.slice(1)], compared)}` : ''}`;
}

function formatPart(part: PartResult): string {
  if ('skipped' in part) return `SKIPPED: ${part.skipped}\n`;
  const rows = Object.values(part.figures).map(({ title, unit, ...spread }) => [title, ...cells(spread), unit]);
  return `${formatTable(HEADER, rows)}${part.remarks.map((remark) => `${remark}\n`).join('')}`;
}

function cells({ median, least, most }: Quartiles): string[] {
  return [median, least, most].map(formatNumber);
}

/** Three significant digits, and exponents where figures grow long. */
function formatNumber(value: number): string {
  const isLong = value !== 0 && (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3);
  return isLong ? value.toExponential(2) : String(Number(value.toPrecision(value >= 1000 ? 5 : 3)));
}
