import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';

describe('an error message', () => {
  it('cannot drive the terminal, whatever is in a file or its name', () => {
    const { message, problem } = new InputError(
      'value "\u001b[2J\u009b31m" is none\r',
      { file: 'a\u001b]0;title\u0007.cif', line: 3 },
      'Give one:\n\tsuch as ü',
    );
    expect(problem).toBe('value "\\x1b[2J\\x9b31m" is none\\x0d');
    expect(message).toBe(`a\\x1b]0;title\\x07.cif:3: ${problem}. Give one:\n\tsuch as ü`);
  });
});
