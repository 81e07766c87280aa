/** What did not work and whoever runs this can mend: said in one sentence that says what to do, without a stack. */
export class FailedError extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = "FailedError";
  }
}
