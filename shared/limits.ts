/*
 * What a file from outside may ask for at most. Each is far above what real files have and low enough that a file made
 * to harm costs seconds and some hundred megabytes, not the machine.
 */

/** Characters of a line, or of a text that is read as a whole. V8's longest string has about twice as many. */
export const MAX_TEXT = 1 << 28;

/** Characters of a JSON text: one of empty lists takes some fifteen times as many bytes when it is parsed. */
export const MAX_JSON = 1 << 26;

/** Levels of a JSON text. Real ones have about six; `JSON.stringify` overflows the stack at some thousands. */
export const MAX_JSON_DEPTH = 64;

/** Characters of a CIF or POSCAR: the largest of 21,755 structures takes 50 kB. */
export const MAX_STRUCTURE_TEXT = 1 << 25;

/** Values of a CIF, about 100 bytes each when read. Reflections can be some hundred thousand, atoms 10,000. */
export const MAX_CIF_VALUES = 2_000_000;

/** Atoms of a cell, counted by element and site. The largest of 21,755 structures has 688. */
export const MAX_OCCUPANTS = 10_000;

/** Length of a cell vector, Å. The longest of 21,755 structures has 95. */
export const MAX_CELL_EDGE = 10_000;

/** Atoms that one search of neighbours may find. Beyond, a cell is degenerate. */
export const MAX_NEIGHBORS = 1e6;

/**
 * Positions that the searches of one structure may visit: so many, and so many more for each pair of its atoms. The most
 * that one of 22,309 structures takes is a quarter of it.
 */
export const MAX_VISITED = 2e7;
export const MAX_VISITED_PER_PAIR = 200;

/** Characters of a formula, and levels of its brackets. */
export const MAX_FORMULA = 1000;
export const MAX_FORMULA_DEPTH = 16;

/** Bytes that gzip data may unpack to per packed byte, beyond the first ones. Structures shrink to an eighth, gzip's best is 1,030. */
export const MAX_GZIP_RATIO = 200;
export const FREE_GZIP_BYTES = 1 << 24;

/** Unpacked bytes of what is unpacked into memory as a whole: labels and archives. 21,725 labels have 2 MB. */
export const MAX_UNPACKED = 1 << 28;

/** Bytes that the parts of an Excel workbook unpack to together: a sheet of a million rows and two columns has about as many. */
export const MAX_WORKBOOK = 1 << 27;

/** Bytes of a file from outside that is read as a whole: models, spaces, labels, measurements. A committee has some megabytes. */
export const MAX_WHOLE = 1 << 29;

/** Bytes of an ONNX model. */
export const MAX_MODEL = 1 << 29;

/** Numbers that all values of a model may have together in one call, about a gigabyte. The committee has a tenth of that. */
export const MAX_MODEL_NUMBERS = 1 << 27;

/** Cells of a list's own columns that go with the ranked rows of a chunk, and characters of one. */
export const MAX_OWN_CELLS = 250_000;
export const MAX_OWN_CELL = 200;

/** Rows and cells of a table that is read as a whole: a ranking of a million compositions has 2.6e7 cells. */
export const MAX_TABLE_ROWS = 1_500_000;
export const MAX_TABLE_CELLS = 40_000_000;

/** Rows of one row group of a Parquet file, which is decoded at once, and bytes of one page. Writers take a million at most. */
export const MAX_GROUP_ROWS = 1 << 24;
export const MAX_PAGE = 1 << 28;

/** Compositions of a ranking: a million take 4 GB while their outputs are made. It is met before anything is screened, not after hours. */
export const MAX_TOP = 1_000_000;

/** Finalists that a committee ranks: four million take 2.4 GB. */
export const MAX_FINALISTS = 4_000_000;

/** Characters of one message: a bad value is quoted, and it may be a whole file. */
export const MAX_MESSAGE = 2000;

/** Chunks of a run: the layout names them by six digits. */
export const MAX_CHUNKS = 1_000_000;
