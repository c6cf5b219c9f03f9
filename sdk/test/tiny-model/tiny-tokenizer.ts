const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] as const;
const MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".split("");
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789".split("");
const ENDINGS = ["##s", "##es", "##ed", "##er", "##ing", "##ly"];
const COMMON = `
a about again all am an and any are at be been but by can did do does for from go had has have he her him his how i in is it like my no
not of old on or our out she so that the their them they this to was we went were what when where which who why with you your
`
  .trim()
  .split(/\s+/);
const TOPICS = `
boat book bread brother cheese city climb cold cook cooks day dinner dog drink eat evening family far father fish food garden hike
hiking hot house keep kitchen learn live lives long love made make mother mountain music name new paper piano play printer question
rain read river road run sea ship sister sleep small song story summer swim tea town trail travel tree walk warm water winter work
write year
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
  ...[...COMMON, ...TOPICS].filter((word) => word.length > 1),
];

/** Whether a token says nothing of what a text is about. */
export function isCommon(token: string): boolean {
  return COMMON.includes(token) || SPECIAL.includes(token as "[PAD]") || MARKS.includes(token);
}

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
