/** Checks a value from the other end. Unknown fields of an object are refused in inputs and left out of outputs. */
export interface Schema<T> {
  /** @throws a `ZodError` that names every field that is wrong */
  parse(value: unknown): T;
}
