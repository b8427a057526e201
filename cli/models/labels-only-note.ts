import type { StudentMetadata } from '../../shared/models/student-session.ts';
import { note } from '../terminal/terminal.ts';

/** Say that the columns of a committee are not of measurements, where the student is. */
export function noteLabelsOnly({ metrics }: StudentMetadata): void {
  if ('measured' in metrics)
    note(
      'the student was fine-tuned on measurements, and the committee learned from labels alone: its mean, deviation and lower bound know nothing of measurements',
    );
}
