import { note } from './terminal.ts';

/** Says on stderr which sheet of a workbook with several is read. */
export function noteSheet(file: string): (sheet: string) => void {
  return (sheet) => note(`${file}: the sheet ${sheet} is read`);
}
