import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import { estimateTokens, measureTokens } from "./tokens.ts";

/** Own sentences, a few for each language; the estimate must hold on each by itself. */
const PROSE: Readonly<Record<string, string>> = {
  english:
    "Last Saturday we took the early train to the coast, and although it rained all morning I didn't mind at all. My sister brought sandwiches; her two kids collected shells, argued about the biggest one, and fell asleep on the way home. I'd love to go back in June when it's warmer.",
  rare: "The quixotic apothecary, Balthazar Wrzesniewski, catalogued bryophytes, liverworts and hornworts beneath the ramshackle scriptorium, muttering obstreperously about zymurgy.",
  german:
    "Gestern Abend haben wir mit den Nachbarn im Garten gegrillt. Die Kinder spielten Verstecken, und meine Schwiegermutter erzählte Geschichten aus ihrer Jugend in Ostpreußen. Krankenversicherungsbeiträge waren zum Glück kein Thema.",
  french:
    "Ce matin, j'ai déjeuné sur la terrasse avec mon frère; il m'a raconté qu'il déménage à Lyon en septembre. L'été s'achève déjà, c'est dommage.",
  spanish:
    "El año pasado mi hermana empezó a estudiar medicina en Sevilla. ¿Sabías que ahora toca la guitarra todos los días? ¡Qué ilusión!",
  polish:
    "Wczoraj poszliśmy na długi spacer po lesie i zebraliśmy mnóstwo grzybów. Źdźbło trawy przykleiło się do mojego kapelusza.",
  turkish:
    "Geçen hafta annemle birlikte pazara gittik, taze sebzeler ve çok güzel bir kilim aldık. Çocuklar evde kaldı.",
  finnish:
    "Eilen illalla kävelimme järven rannalla ja katselimme auringonlaskua. Isoäitini villapaita oli lämmin ja pehmeä.",
  vietnamese:
    "Hôm qua tôi đi chợ với mẹ và mua rất nhiều trái cây. Buổi tối cả nhà cùng nhau nấu phở và kể chuyện.",
  swahili:
    "Jana tulikwenda sokoni na dada yangu, tukanunua matunda na mboga kwa ajili ya chakula cha jioni.",
  russian:
    "Вчера вечером мы гуляли по набережной, и я рассказал брату о новой работе. Он обрадовался и предложил отпраздновать.",
  ukrainian:
    "Учора ми з сестрою їздили до бабусі в село, допомагали на городі й їли вареники з вишнями.",
  greek: "Χθες το βράδυ περπατήσαμε στην παραλία και μιλήσαμε για τα παιδικά μας χρόνια.",
  hebrew: "אתמול בערב טיילנו על חוף הים ודיברנו על העבודה החדשה שלי בירושלים.",
  arabic: "ذهبنا أمس إلى السوق مع أختي واشترينا الكثير من الفواكه والخضروات الطازجة للعشاء.",
  persian: "دیروز با برادرم به پارک رفتیم و درباره‌ی سفر تابستان صحبت کردیم.",
  hindi: "कल शाम हम नदी के किनारे टहलने गए और मैंने अपने भाई को नई नौकरी के बारे में बताया।",
  bengali: "গতকাল আমরা মায়ের সাথে বাজারে গিয়েছিলাম এবং অনেক ফল কিনেছিলাম।",
  tamil: "நேற்று மாலை நாங்கள் கடற்கரையில் நடந்து சென்று பழைய கதைகளைப் பேசினோம்.",
  telugu: "నిన్న సాయంత్రం మేము నది ఒడ్డున నడిచాము మరియు చాలా మాట్లాడుకున్నాము.",
  thai: "เมื่อวานนี้ฉันไปตลาดกับแม่และซื้อผลไม้สดมาหลายอย่าง",
  khmer: "ម្សិលមិញ ខ្ញុំបានទៅផ្សារជាមួយម្ដាយរបស់ខ្ញុំ។",
  burmese: "မနေ့က ကျွန်တော် အမေနဲ့ ဈေးကို သွားခဲ့တယ်။",
  georgian: "გუშინ საღამოს მდინარის პირას ვისეირნეთ და ბევრი ვისაუბრეთ.",
  armenian: "Երեկ երեկոյան մենք զբոսնեցինք գետի ափին և շատ խոսեցինք։",
  amharic: "ትናንት ከእናቴ ጋር ወደ ገበያ ሄድን እና ብዙ ፍራፍሬ ገዛን።",
  chinese: "昨天晚上我和妹妹去河边散步，聊了很多小时候的事情，回家以后一起包了饺子。",
  traditional: "昨天晚上我和妹妹去河邊散步，聊了很多小時候的事情，回家以後一起包了餃子。",
  japanese:
    "昨日の夜、妹と川沿いを散歩して、子どもの頃の話をたくさんしました。ラーメンも食べました。",
  korean: "어제 저녁에 동생과 함께 강가를 산책하면서 어린 시절 이야기를 많이 나누었습니다.",
};

const OTHER: Readonly<Record<string, string>> = {
  numbers:
    "3.14159 2,718,281 1999-12-31T23:59:59Z +1 (555) 010-9999 0x1f4a9 12/24 50% $1,299.00 1e-9",
  urls: "https://example.org/a/b-c_d?q=one+two&lang=en#part-3 http://localhost:8080/api/v1/users/12345 someone@example.com",
  emoji: "Great 😀🎉👍🏽 family 👨‍👩‍👧‍👦 flag 🇳🇿 heart ❤️ climbing 🧗‍♀️⛰️ ✅❌➡️",
  base64: "SGVsbG8gd29ybGQhIFRoaXMgaXMgYSB0ZXN0IG9mIGJhc2U2NCBlbmNvZGluZy4gMTIzNDU2Nzg5MCEjJCU=",
  uuid: "550e8400-e29b-41d4-a716-446655440000 9b2d6f3e-7c1a-4e5b-8f0d-2a3b4c5d6e7f",
  shouting: "PLEASE STOP SHOUTING AT ME, I AM ALREADY LISTENING TO EVERYTHING YOU SAY!!!",
  marks: "--- *** === ??? ... !!! >>> ||| ~~~ {[()]} #@&% <-> => ::",
  table: "| name | age |\n| --- | ---: |\n| Ann | 42 |\n| Bob | 7 |\n",
  json: '{"id":17,"name":"Ann","tags":["a","b"],"nested":{"ok":true,"value":null}}',
  symbols: "∑∫√∞≈≠≤≥ ⟨ψ|φ⟩ αβγ ℝ ⌘⌥⇧ ½ ²³ ™®©",
};

describe("the estimate is never below o200k", () => {
  test.each(Object.entries(PROSE))("on %s prose", (_, text) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(countTokens(text));
    expect(estimateTokens(text.repeat(8))).toBeGreaterThanOrEqual(countTokens(text.repeat(8)));
  });

  test.each(Object.entries(OTHER))("on %s", (_, text) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(countTokens(text));
  });

  test("on the source files of this repository", () => {
    const folder = join(import.meta.dirname, "..");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && !file.endsWith("common-words.ts"),
    );
    expect(files.length).toBeGreaterThan(30);
    for (const file of files) {
      // Some sources name special tokens, which the tokenizer refuses to count as text.
      const text = readFileSync(join(folder, file), "utf8").replaceAll("<|", "< |");
      expect(estimateTokens(text), file).toBeGreaterThanOrEqual(countTokens(text));
    }
  });

  test("on mixed texts put together by chance", () => {
    const pieces = [...Object.values(PROSE), ...Object.values(OTHER)].flatMap(
      (text) => text.match(/.{1,60}(?:\s|$)/gsu) ?? [text],
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { minLength: 6, maxLength: 40 }),
        (chosen) => {
          const text = chosen.join(" ");
          return estimateTokens(text) >= countTokens(text);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the estimate is close", () => {
  test("on English prose, within six per cent", () => {
    const text = (PROSE["english"] ?? "").repeat(4);
    expect(measureTokens(text) / countTokens(text)).toBeLessThan(1.06);
  });
  test("on digits, exact", () => {
    for (const digits of ["1", "12", "123", "1234", "1234567890"])
      expect(measureTokens(digits)).toBe(countTokens(digits));
  });
  test("on nothing, nothing", () => {
    expect(estimateTokens("")).toBe(0);
  });
});

test("a megabyte takes no time to speak of", () => {
  const text = (PROSE["english"] ?? "").repeat(4_000);
  const started = performance.now();
  estimateTokens(text);
  // 5 MB/s by a wide margin, whatever else the machine does.
  expect(performance.now() - started).toBeLessThan((text.length / 5_000_000) * 1000 * 5);
});
