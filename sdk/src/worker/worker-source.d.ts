/** The whole worker as one string of self-contained code, put in by `sdk/build/worker-source.ts`. */
declare module "*?worker-source" {
  const source: string;
  export default source;
}
