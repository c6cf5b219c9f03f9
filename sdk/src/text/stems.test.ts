import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { languageOfTerm } from "./language-terms.ts";
import { SNOWBALL_SAMPLES } from "./snowball-samples.fixture.ts";
import { fetchStemmer, snowballStems, STEMMED_LANGUAGES } from "./snowball-stems.ts";
import { createStems, type Stems } from "./stems.ts";
import { words } from "./words.ts";

const ALL = new Set(STEMMED_LANGUAGES);

async function loaded(): Promise<Stems> {
  const stems = snowballStems();
  await stems.load(STEMMED_LANGUAGES, 60_000);
  return stems;
}

const termsOf = (stems: Stems, text: string): readonly string[] => stems.termsOf(words(text)).terms;

describe("the stemmers", () => {
  test.each(STEMMED_LANGUAGES)("%s: give what the Snowball project publishes", async (language) => {
    const stem = await fetchStemmer(language);
    const samples = (SNOWBALL_SAMPLES[language] ?? "").split("|").map((pair) => pair.split(" "));
    expect(samples.length).toBeGreaterThanOrEqual(20);
    expect(samples.map(([word = ""]) => stem(word))).toEqual(samples.map(([, cut]) => cut));
  });

  test("one after the other, they keep nothing of the word before", async () => {
    const stem = await fetchStemmer("de");
    const alone = stem("häusern");
    for (const word of ["", "x", "wohnungen", "äöü"]) stem(word);
    expect(stem("häusern")).toBe(alone);
  });
});

describe("the language of a text", () => {
  test.each([
    ["de", "Mein Bruder hat seit gestern eine neue Wohnung in der Stadt."],
    ["fr", "Ma sœur n'est pas encore rentrée de ses vacances."],
    ["es", "No me gusta el café sin azúcar."],
    ["it", "Ho comprato due libri per il viaggio."],
    ["pt", "Não tenho tempo para os meus irmãos."],
    ["nl", "Ik heb mijn sleutels bij de buren laten liggen."],
    ["sv", "Jag har inte sett min cykel sedan i går."],
    ["no", "Hva har du gjort med nøklene mine?"],
    ["da", "Hvad har du gjort med mine nøgler, og hvor er bogen af?"],
    ["fi", "En tiedä missä minun avaimet ovat."],
    ["pl", "Nie wiem, gdzie jest mój rower."],
    ["cs", "Nevím, kde je můj klíč od bytu."],
    ["ro", "Nu știu unde este cheia de la casă."],
    ["hu", "Nem tudom, hogy hol van a kulcs."],
    ["tr", "Bu akşam ne zaman ve nerede olduğunu bilmiyorum."],
    ["ru", "Вчера мы гуляли в парке с собакой."],
    ["el", "Δεν ξέρω πού είναι τα κλειδιά μου."],
    ["ar", "لا أعرف أين وضعت المفتاح."],
    ["hi", "मुझे नहीं पता कि मेरी चाबी कहाँ है।"],
  ])("%s", (language, text) => {
    expect([...snowballStems().languagesOf(words(text))]).toEqual([language]);
  });

  test.each([
    "I was in Paris and had a croissant with Anne-Marie.",
    "The die is cast, so we had to go on.",
    "Thanks! See you at the bar.",
    "Call Al, Jo and Ben about the van.",
    "git commit -m 'fix' && npm run build",
    "https://example.org/index.html",
    "OK",
    "",
    "42 % of 1,000",
    "我喜欢去爬山",
    "Я живу в Києві, а мій брат у Львові.",
    "من در تهران زندگی می‌کنم چون",
  ])("none that is stemmed: %s", (text) => {
    expect([...snowballStems().languagesOf(words(text))]).toEqual([]);
  });

  test("words of another script are in their own language, whatever stands around them", async () => {
    const stems = await loaded();
    expect(termsOf(stems, "We read газеты together")).toEqual(["ru:газет"]);
    expect(termsOf(stems, "Ich lese heute газеты")).toEqual(["de:les", "de:heut", "ru:газет"]);
  });
});

describe("stems of a text", () => {
  test("stand beside its words for every language but English", async () => {
    const stems = await loaded();
    expect(stems.termsOf(words("Die Häuser und die Wohnungen meiner Brüder"))).toEqual({
      terms: ["de:haus", "de:wohnung", "de:brud"],
      whole: true,
    });
    expect(stems.termsOf(words("The houses of my brothers"))).toEqual({ terms: [], whole: true });
  });

  test("a request asks for a word in every language that the vault holds, with and without its accents", async () => {
    const stems = await loaded();
    expect(stems.formsOf("häusern", ["de"])).toEqual(["de:haus"]);
    expect(stems.formsOf("bailábamos", ["es", "it"])).toContain("es:bail");
    expect(stems.formsOf("bailábamos", ["es", "ru"]).every((form) => form.startsWith("es:"))).toBe(
      true,
    );
    expect(stems.formsOf("газета", ["es", "ru"])).toEqual(["ru:газет"]);
    expect(stems.formsOf("газета", ["es"])).toEqual([]);
    for (const word of ["42", "東京", "x", "a1b2"]) expect(stems.formsOf(word, ALL)).toEqual([]);
  });

  test("are the same however often and in whatever order they are made, and fit the index", async () => {
    const [one, other] = [await loaded(), await loaded()];
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 12 }), (parts) => {
        const text = parts.join(" ");
        const made = one.termsOf(words(text));
        expect(other.termsOf(words(text))).toEqual(made);
        for (const term of made.terms) {
          expect(ALL.has(languageOfTerm(term) ?? "")).toBe(true);
          expect(term.length).toBeLessThanOrEqual(43);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("whatever a text holds, its own words are among the forms that a request asks for", async () => {
    const stems = await loaded();
    const word = fc.oneof(
      fc.stringMatching(/^[a-zäöüßéèêçñãõøåæığşőűłąęřěș]{2,14}$/),
      fc.stringMatching(/^[а-яё]{2,14}$/),
      fc.stringMatching(/^[α-ωάέήίόύώ]{2,14}$/),
      fc.stringMatching(/^[ء-ي]{2,14}$/),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
    );
    const frame = fc.constantFrom(
      "ich habe nicht",
      "no me lo",
      "jag är inte",
      "nem tudom hogy",
      "",
    );
    fc.assert(
      fc.property(word, frame, (made, around) => {
        const spoken = words(`${around} ${made}`);
        const { terms } = stems.termsOf(spoken);
        const asked = new Set(spoken.flatMap((one) => stems.formsOf(one, ALL)));
        for (const term of terms) expect(asked.has(term)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a stemmer that is not there", () => {
  function late(): { stems: Stems; fetched: string[]; come(): void; tick(ms: number): void } {
    const fetched: string[] = [];
    const waiting: (() => void)[] = [];
    let now = 0;
    const stems = createStems({
      clock: () => now,
      fetchStemmer: (language) => {
        fetched.push(language);
        return new Promise((resolve) => waiting.push(() => resolve((word) => word.slice(0, 3))));
      },
    });
    return {
      stems,
      fetched,
      come: () => waiting.splice(0).forEach((go) => go()),
      tick: (ms) => (now += ms),
    };
  }

  test("leaves a text without its stems, and says so", async () => {
    const { stems, come } = late();
    const text = words("Ich habe zwei Wohnungen");
    expect(stems.termsOf(text)).toEqual({ terms: [], whole: false });
    await stems.load(["de"], 5);
    expect(stems.isLacking).toBe(true);
    expect(stems.formsOf("wohnung", ["de"])).toEqual([]);
    const loading = stems.load(["de"], 60_000);
    come();
    await loading;
    expect(stems.isLacking).toBe(false);
    expect(stems.termsOf(text)).toEqual({ terms: ["de:zwe", "de:woh"], whole: true });
  });

  test("is fetched once, however many wait for it", async () => {
    const { stems, fetched, come } = late();
    const all = Promise.all([stems.load(["de"], 60_000), stems.load(["de", "fr"], 60_000)]);
    come();
    await all;
    await stems.load(["de", "fr"], 60_000);
    expect(fetched).toEqual(["de", "fr"]);
  });

  test("that failed is asked for again, later and later", async () => {
    let now = 0;
    let tries = 0;
    const stems = createStems({
      clock: () => now,
      fetchStemmer: () => {
        tries += 1;
        return tries < 4
          ? Promise.reject(new TypeError("Failed to fetch"))
          : Promise.resolve((word) => word);
      },
    });
    const times: number[] = [];
    for (let second = 0; second < 20; second += 1) {
      const before = tries;
      await stems.load(["de"], 1_000);
      if (tries > before) times.push(second);
      now += 1_000;
    }
    expect(times).toEqual([0, 1, 3, 7]);
    expect(stems.isLacking).toBe(false);
  });
});
