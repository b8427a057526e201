import { median } from '../../shared/report/page/words.ts';
import type { PeerComparison } from './side-by-side.ts';

/** Markdown: one row per comparison, by the medians over the repeats. */
export function comparisonTable(comparisons: readonly PeerComparison[]): string {
  const rows = comparisons.map((comparison) => {
    const { task, count, unit, peer, ours, agreement } = comparison;
    const [theirs, our] = [median(comparison.peerSeconds), median(comparison.seconds)];
    return [
      `${task}: ${count.toLocaleString('en-US')} ${unit}`,
      ...[`${peer}: ${formatRun(theirs, count)}`, `${ours}: ${formatRun(our, count)}`],
      ...[twoDigits(theirs / our), agreement],
    ];
  });
  const header = ['task', 'peer: seconds (per second)', 'ours: seconds (per second)', 'peer / ours', 'agreement'];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function formatRun(seconds: number, count: number): string {
  return `${seconds.toPrecision(3)} (${twoDigits(count / seconds)})`;
}

function twoDigits(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en-US');
}
