const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] as const;
const MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".split("");
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789".split("");
const ENDINGS = ["##s", "##es", "##ed", "##er", "##ing", "##ly"];
const WORDS = `
a about again all am an and any are at be been boat book bread brother but by cheese city climb cold cook day did dinner do does dog
drink eat evening family far father fish food for from garden go had has have he her hike hiking his hot house how i in is it
keep kitchen learn like live lives long love made make me mother mountain mountains music my name new no not of old on or our out
paper piano play printer question rain read river road run sea she ship sister sleep small song story summer swim tea that the
their them they this to town trail travel tree walk warm was water we went were what when where which who why winter with work
write year you your
`
  .trim()
  .split(/\s+/);

/** Every token, its place being its id. Letters alone and inside of words, so that any word of them can be spelled. */
export const TOKENS: readonly string[] = [
  ...SPECIAL,
  ...MARKS,
  ...LETTERS,
  ...LETTERS.map((letter) => `##${letter}`),
  ...ENDINGS,
  ...WORDS.filter((word) => word.length > 1),
];

/** A WordPiece tokenizer as the `tokenizers` libraries read it. */
export function tokenizerJson(framed: boolean): object {
  const piece = (id: string, type_id: number): object => ({ SpecialToken: { id, type_id } });
  const special = (token: (typeof SPECIAL)[number]): object => ({
    id: token,
    ids: [SPECIAL.indexOf(token)],
    tokens: [token],
  });
  const text = (id: "A" | "B", type_id: number): object => ({ Sequence: { id, type_id } });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: framed
      ? {
          type: "TemplateProcessing",
          single: [piece("[CLS]", 0), text("A", 0), piece("[SEP]", 0)],
          pair: [
            piece("[CLS]", 0),
            text("A", 0),
            piece("[SEP]", 0),
            text("B", 1),
            piece("[SEP]", 1),
          ],
          special_tokens: { "[CLS]": special("[CLS]"), "[SEP]": special("[SEP]") },
        }
      : null,
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(TOKENS.map((token, id) => [token, id])),
    },
  };
}
