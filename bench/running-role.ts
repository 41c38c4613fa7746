/** A child process of the benchmarks, as the process that started it sees it. */
export interface RunningRole<Ready, Question = never, Answer = never> {
  /** Sent to the parent once. */
  readonly ready: Ready;
  /** Answers the parent, one question at a time. */
  answer(question: Question): Promise<Answer>;
}
