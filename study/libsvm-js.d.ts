/** What is used of libsvm-js, which comes without types. */
declare module 'libsvm-js/asm.js' {
  interface SupportVectorMachine {
    train(samples: readonly Float64Array[], labels: readonly number[]): void;
    serializeModel(): string;
    getSVIndices(): number[];
    free(): void;
  }
  const Libsvm: {
    new (options: Readonly<Record<string, string | number | boolean>>): SupportVectorMachine;
    readonly SVM_TYPES: { readonly C_SVC: string };
    readonly KERNEL_TYPES: { readonly RBF: string };
  };
  export = Libsvm;
}
