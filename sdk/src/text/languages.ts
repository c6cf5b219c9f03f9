/**
 * Function words of languages other than English, by their ISO 639-1 code: by them a text is known to be no English, and in a request
 * they are no words to search for. Hand-written from school grammars. English needs no entry: its stop words apply to every text.
 */
const FUNCTION_WORDS: Readonly<Record<string, string>> = {
  de: "der die das den dem des ein eine einen einem einer und oder aber nicht ist sind war waren bin bist hat habe haben hatte ich du er sie es wir ihr mich mir dich dir uns mein meine meinen meinem meiner dein deine sein seine wo wann wie was wer warum welche welcher welches wem wen von mit zu zum zur für auf aus bei nach über unter vor im am an in um auch noch schon nur sehr doch denn dass wenn als ob kann kannst soll wird werden wurde bitte gibt so seit immer alle alles hier dort nichts etwas mehr habt sich dann ihn ihnen ihre ihren diese dieser diesen",
  fr: "le la les un une des du de et ou mais ne pas est sont était suis es ai as avons avez ont je tu il elle nous vous ils elles me te se mon ma mes ton ta tes son sa ses notre votre leur où quand comment quoi que qui quel quelle quels quelles pourquoi combien dans sur sous avec sans pour par chez vers en au aux ce cet cette ces y plus très aussi déjà encore à depuis pendant après contre entre chaque tous toute toutes rien jamais toujours alors donc si",
  es: "el la los las un una unos unas y o pero no es son era fue soy eres está están estoy he has ha hemos han yo tú él ella nosotros ustedes ellos me te se mi mis tu tus su sus nuestro dónde donde cuándo cuando cómo como qué que quién quien cuál cuáles cuánto por para con sin en de del al sobre entre desde hasta muy más también ya todavía este esta estos estas ese esa a lo le les nos si sí ni porque todo toda todos todas algo nada siempre nunca aquí estaba estuve tengo tiene había",
  it: "il lo la i gli le un uno una e o ma non è sono era ero sei ho hai ha abbiamo hanno io tu lui lei noi voi loro mi ti si mio mia miei mie tuo tua suo sua nostro dove quando come cosa che chi quale quali quanto perché in su con senza per da di del della dei delle al alla nel nella sul sulla molto più anche già ancora questo questa a ad agli alle dalla dal negli nelle sulle so ci vi ed ogni qui poi tutto tutti tutte stato stata stavo cui se",
  pt: "o a os as um uma uns umas e ou mas não é são era foi sou está estão estou tenho tem temos têm eu tu ele ela nós vocês eles me te se meu minha meus minhas teu tua seu sua onde quando como que quem qual quais quanto por para com sem em de do da dos das no na nos nas ao à muito mais também já ainda este esta esse essa à porque se sempre nunca tudo todo toda todos todas nada aqui pelo pela num numa isso isto estava tinha depois até",
  nl: "de het een en of maar niet is zijn was waren ben bent heb hebt heeft hebben had ik jij je hij zij ze wij we jullie mij mijn jouw zijn haar ons onze hun waar wanneer hoe wat wie waarom welke van met naar voor op uit bij over onder in aan om ook nog al alleen zeer dat die dit deze als kan wordt geen wel dan toch heel veel altijd hier daar iets niets sinds werd weet",
  sv: "en ett och eller men inte är var har hade jag du han hon vi ni de mig dig oss min mitt mina din ditt dina sin sitt var när hur vad vem varför vilken vilket vilka av med till för på ur hos över under i om också redan bara mycket som att det den detta denna kan inte alltid aldrig här där något några efter innan utan mot vill ska skulle blev blir varit",
  pl: "i w z na do od za po przez dla bez nie jest są był była było byli mam masz ma ja ty on ona my wy oni mnie mi ciebie ci się mój moja moje moi twój twoja twoje jego jej nasz gdzie kiedy jak co kto dlaczego który która które ile też już jeszcze tylko bardzo to ten ta te tego tej czy że",
  tr: "ve veya ama değil bir bu şu o ben sen biz siz onlar benim senin onun bizim beni bana nerede nereye nereden ne zaman nasıl kim neden hangi kaç için ile gibi kadar daha çok da de mi mı mu mü var yok",
  ru: "и или но не в во на с со к ко у о об от до из за по под над для без при есть был была было были я ты он она мы вы они меня мне тебя тебе его её ему ей нас вас их мой моя моё мои моего моей твой твоя свой своя где когда как что кто почему какой какая какое какие сколько куда откуда это этот эта эти тот та те уже ещё только очень ли же бы а теперь",
  uk: "і й або але не в у на з до від за по під для є був була було були я ти він вона ми ви вони мене мені тебе його її нас вас їх мій моя моє мої де коли як що хто чому який яка яке які скільки це цей ця ці вже ще тільки дуже чи",
  el: "ο η το οι τα του της των τον την τους τις τη ένας μια ένα και ή αλλά δεν μη μην είναι ήταν είμαι είσαι έχω έχεις έχει εγώ εσύ αυτός αυτή αυτό εμείς μου σου μας σας τους πού πότε πώς τι ποιος ποια ποιο γιατί πόσο σε στο στη στην στον στα στις από με για ως κατά μετά πριν πολύ πιο και ήδη ακόμα να θα",
  ar: "في من إلى على عن مع هل ما ماذا متى أين كيف لماذا من كم هو هي هم أنا أنت نحن هذا هذه ذلك التي الذي كان كانت يكون لا لم لن ليس و أو ثم قد كل بعد قبل عند لي لك له لها",
  he: "של את על עם אל מן לא כן הוא היא הם הן אני אתה את אנחנו זה זו אלה שלי שלך שלו שלה שלנו לי לך לו לה איפה מתי איך מה מי למה כמה איזה היה הייתה יש אין גם רק עוד כבר או אבל כי אם",
  hi: "है हैं था थी थे हूँ हो का की के को में से पर ने और या लेकिन नहीं मैं मैंने मुझे मेरा मेरी मेरे तुम तुम्हारा आप आपका वह यह वे ये हम हमारा कहाँ कब कैसे क्या कौन क्यों कितना कितने किस भी ही तो एक",
  bn: "আমি আমার আমাকে তুমি তোমার আপনি সে তার আমরা এই ওই এটা কোথায় কখন কীভাবে কি কী কে কেন কত এবং বা কিন্তু না হয় ছিল আছে থেকে জন্য সাথে একটি ও",
  ta: "நான் என் எனக்கு நீ உன் நீங்கள் அவர் அவன் அவள் நாம் இந்த அந்த இது அது எங்கே எப்போது எப்படி என்ன யார் ஏன் எத்தனை மற்றும் அல்லது ஆனால் இல்லை இருந்தது உள்ளது ஒரு",
  ko: "내 제 나 나는 저 저는 너 네 우리 그 이 저의 나의 어디 어디에 언제 어떻게 뭐 무엇 무엇을 누구 왜 몇 얼마 그리고 하지만 있어요 있어 있습니다 있지 없어 은 는 이 가 을 를 에 에서 의 로 와 과 도",
  zh: "的 了 在 是 我 你 他 她 它 们 我们 你们 他们 我的 你的 他的 哪里 哪儿 哪 什么 什么时候 时候 怎么 为什么 谁 多少 几 吗 呢 吧 啊 和 或 但 不 没 没有 有 这 那 这个 那个 把 被 给 对 从 到 就 都 也 还 很 会 能 要 去 上",
  ja: "は が を に で と も の へ から まで より か ね よ な だ です ます でし た て い ある あり いる い まし この その あの これ それ 私 僕 あなた 彼 彼女 私たち どこ いつ どう 何 なに 誰 だれ なぜ どの どれ いくつ",
  th: "ฉัน ผม เรา คุณ เขา เธอ มัน ของ ที่ ใน จาก กับ และ หรือ แต่ ไม่ เป็น คือ อยู่ มี ได้ ให้ ไว้ นี้ นั้น ไหน ที่ไหน เมื่อไร เมื่อไหร่ อย่างไร อะไร ใคร ทำไม เท่าไร กี่ ก็ จะ แล้ว ไป มา",
  da: "jeg du han hun vi de mig dig os jer ham hende dem min mit mine din dit dine sin sit sine deres vores ikke er var har havde blev bliver være været kan skal vil må og eller men som om at den det denne dette en et af på til med for fra hos ved uden over under efter før mod hvor hvornår hvordan hvad hvem hvorfor hvilken hvilket hvilke også meget kun nu her der noget nogle allerede endnu så",
  no: "jeg du han hun vi de meg deg oss dere ham henne dem min mitt mine din ditt dine sin sitt sine deres vår vårt våre ikke er var har hadde ble blir være vært kan skal vil må og eller men som om at den det denne dette en ei et av på til med for fra hos ved uten over under etter før mot hvor når hvordan hva hvem hvorfor hvilken hvilket hvilke også mye bare nå her der noe noen allerede ennå så",
  fi: "minä sinä hän me te he minun sinun hänen meidän teidän heidän minulla sinulla hänellä meillä minulle sinulle minut sinut on oli olen olet olemme ovat olin olivat ollut ei en et emme eivät ja tai mutta että jos kun koska niin myös vain jo vielä nyt sitten tämä tuo se nämä ne tässä siellä täällä missä mistä mihin milloin miten miksi mikä mitä kuka kenen kuinka joka jonka kanssa ilman kuin hyvin paljon",
  hu: "a az egy és vagy de nem is én te ő mi ti ők van volt vagyok voltam vannak lesz lett hogy mert ha mint csak már még most itt ott ez ezt azt amit aki ami hol hová honnan mikor hogyan mit ki kit miért melyik mennyi hány nekem neked neki velem veled vele engem téged minket nagyon meg után előtt alatt között nélkül szerint ennek annak",
  ro: "și sau dar nu este sunt era eram ești suntem am ai are avem au aveam eu tu el ea noi voi ei ele mă te se îl o ne vă îi mi îmi îți își meu mea mei mele tău ta lui nostru noastră unde când cum ce cine care de din la în pe cu fără pentru prin despre după sub că să dacă foarte mai doar deja încă acum acest această acești aceste un unei unui al ale",
  cs: "a i nebo ale ne není je jsem jsi jsme jste jsou byl byla bylo byli být mám máš má máme já ty on ona my vy oni mě mi tě ti se si svůj můj moje moji tvůj jeho její náš naše kde kdy jak co kdo proč který která které kolik v ve na do od z ze s k ke u o po pro před bez pod nad že když aby už ještě jen také velmi to ten ta tento tato",
};

const LANGUAGES: readonly (readonly [code: string, words: ReadonlySet<string>])[] = Object.entries(
  FUNCTION_WORDS,
).map(([code, list]) => [code, new Set(list.split(" "))]);
const NONE: ReadonlySet<string> = new Set();
const BY_CODE: ReadonlyMap<string, ReadonlySet<string>> = new Map(LANGUAGES);

/** Whether a lower-case word only carries grammar in this language (ISO 639-1). */
export function isFunctionWord(language: string, word: string): boolean {
  return BY_CODE.get(language)?.has(word) === true;
}

/**
 * The function words of the language that a request is written in, where it is one of these and plainly no English: it has more of
 * that language's than `english` counts. Empty otherwise.
 */
export function functionWords(spoken: readonly string[], english: number): ReadonlySet<string> {
  let best = NONE;
  let most = english;
  for (const [, language] of LANGUAGES) {
    let hits = 0;
    for (const word of spoken) if (language.has(word)) hits += 1;
    if (hits > most) {
      most = hits;
      best = language;
    }
  }
  return most >= 2 || most * 3 >= spoken.length ? best : NONE;
}

/** Languages in Latin letters, by the letters that few others have: they decide between kin, and speak where no function word does. */
const LETTERS: Readonly<Record<string, { readonly own?: RegExp; readonly usual?: RegExp }>> = {
  de: { own: /ß/, usual: /[äöü]/ },
  fr: { usual: /[èêçœàùûîâ]/ },
  es: { own: /ñ/, usual: /[áéíóú]/ },
  it: { usual: /[àèìòùé]/ },
  pt: { own: /[ãõ]/, usual: /[áâçéêíóôú]/ },
  nl: {},
  sv: { usual: /[åäö]/ },
  pl: { own: /[łąę]/, usual: /[ćńóśźż]/ },
  tr: { own: /[ığ]/, usual: /[çşöü]/ },
  da: { usual: /[æøå]/ },
  no: { usual: /[æøå]/ },
  fi: { usual: /[äö]/ },
  hu: { own: /[őű]/, usual: /[áéíóöúü]/ },
  ro: { own: /[șțţ]/, usual: /[ăâî]/ },
  cs: { own: /[ěřů]/, usual: /[áčéíšúýž]/ },
};

/** Words of these lists that English has as well, as words that are no stop words: they say less. */
const ALSO_ENGLISH: ReadonlySet<string> = new Set(
  "die dem den war hat bin man mit comment sur par plus ton son pour con sin era non dig men sit bare care sub van met ben ten lo la los las mi pro pod ale ai al jo ham mod fin cum".split(
    " ",
  ),
);

const LATIN = Object.keys(LETTERS);
/** The languages, by their place in `LATIN`, that have this function word. */
const SPEAKERS: ReadonlyMap<string, readonly number[]> = speakers();

function speakers(): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [code, list] of LANGUAGES) {
    const place = LATIN.indexOf(code);
    if (place < 0) continue;
    for (const word of list) {
      const places = found.get(word);
      if (places === undefined) found.set(word, [place]);
      else places.push(place);
    }
  }
  return found;
}

const SURE = 3;
const NON_ASCII = /[^\x00-\x7f]/;

/**
 * The language (ISO 639-1) of a text in Latin letters, by its lower-case words; `null` for English, and where too little tells it from
 * English. Between kin it may be wrong: nothing may hang on it but that the same text always gets the same answer.
 */
export function latinLanguage(
  spoken: readonly string[],
  isEnglish: (word: string) => boolean,
): string | null {
  const scores = Array.from(LATIN, () => 0);
  let english = 0;
  let hasHits = false;
  let letters = "";
  for (const word of spoken) {
    const isStop = isEnglish(word);
    // Single letters among the stop words are mostly what contractions leave.
    if (isStop && (word.length > 1 || word === "i" || word === "a")) english += SURE;
    if (NON_ASCII.test(word)) letters += word;
    const places = SPEAKERS.get(word);
    if (places === undefined) continue;
    hasHits = true;
    const worth = isStop ? SURE - 1 : ALSO_ENGLISH.has(word) ? 1 : SURE;
    for (const place of places) scores[place] = (scores[place] ?? 0) + worth;
  }
  if (!hasHits && letters === "") return null;
  let best: string | null = null;
  let most = Math.max(SURE - 1, english);
  LATIN.forEach((code, place) => {
    const { own, usual } = LETTERS[code] ?? {};
    const score =
      (scores[place] ?? 0) +
      (letters !== "" && own?.test(letters) === true ? SURE : 0) +
      (letters !== "" && usual?.test(letters) === true ? 1 : 0);
    if (score > most) {
      most = score;
      best = code;
    }
  });
  return best;
}
