/** A stemmer that the Snowball compiler wrote (`sdk/src/text/snowball`). */
declare module "*-stemmer.js" {
  export default class SnowballStemmer {
    /** The stem of a lower-case word. One word at a time: it keeps the word in itself. */
    stemWord(word: string): string;
  }
}
