/** What all parts are measured with. */
export interface BenchContext {
  readonly space: string; // path of the space file that is screened
  readonly student: string; // path of the model
  readonly studentOption: string; // the same as commands are told
  readonly structures: string; // path of the structures that are labelled
  readonly threads: number;
  readonly seed: number;
  readonly scratch: string; // empty directory
  readonly full: boolean; // take the hours that some parts need for their full size
  readonly note: (text: string) => void; // tells what is being done
}

/** A figure that a part measures. */
export interface Figure {
  readonly title: string;
  readonly unit: string;
}

/** A part that is ready to be measured. */
export interface OpenPart {
  readonly figures: Readonly<Record<string, Figure>>;
  readonly remarks?: readonly string[]; // what a reader must know to read the figures
  /** Measure once: a value for every figure. */
  round(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** One of the things that `npm run bench` measures. */
export interface Part {
  readonly name: string;
  readonly title: string;
  readonly mostRounds?: number; // of parts that take long
  readonly warmUp: boolean; // whether a first round is thrown away; a process that starts anew has none
  /** @returns why it cannot be measured, or what measures it */
  open(context: BenchContext): Promise<OpenPart | string>;
}
