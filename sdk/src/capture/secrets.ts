import { isStopWord } from "../text/words.ts";

/**
 * Takes secrets out of a text before it is stored: a vault must not become the place where keys lie about.
 *
 * Decisions. Git hashes, checksums (pure hex) and UUIDs stay: code talk is full of them and they open nothing; a pure hex string
 * goes only where the words before it call it a key. Tokens longer than `DATA_LENGTH` are data, not keys. A password is what
 * follows "password is" or "pwd:", unless that is an ordinary word of complaint ("password is wrong"). Plain phone numbers, mail
 * addresses and postal addresses are facts, not secrets, and stay.
 */
export interface Cleaned {
  readonly text: string;
  /** Each kind once, in the order found. */
  readonly kinds: readonly SecretKind[];
}

export type SecretKind =
  | "api-key"
  | "token"
  | "private-key"
  | "card-number"
  | "iban"
  | "password"
  | "social-security-number"
  | "seed-phrase"
  | "high-entropy";

export const SECRET_MARK = "[secret removed]";

const DATA_LENGTH = 512;

/** A text without any of these holds no secret; most turns end here. */
const POSSIBLE =
  /\d[ -]?\d[ -]?\d|[\w+/=.-]{16,}|-----BEGIN|pass|pwd|pin\b|secret|token|bearer|phrase|mnemonic|credential|:\/\/[^\s/]*@|[^\x00-\x7f]/i;
const SEED_LINE =
  /^[ \t]*(?:\d{1,2}[.)]? ?)?[a-z]{3,8}(?:[ \t,]+(?:\d{1,2}[.)]? ?)?[a-z]{3,8}){11,23}[ \t.]*$/gm;

interface Rule {
  readonly kind: SecretKind;
  readonly pattern: RegExp;
  /** Which group is the secret; default: all of the match. */
  readonly group?: number;
  readonly holds?: (value: string, whole: string) => boolean;
}

const RULES: readonly Rule[] = [
  { kind: "token", pattern: /\beyJ[\w-]{8,4096}\.[\w-]{8,8192}(?:\.[\w-]{0,4096})?/g },
  {
    kind: "api-key",
    pattern:
      /(?<![\w-])(?:sk-(?:ant-|proj-|or-v1-|svcacct-|admin-)?[\w-]{16,256}|(?:sk|pk|rk)_(?:live|test)_\w{10,128}|(?:AKIA|ASIA|AROA|ABIA|ACCA)[A-Z0-9]{16}|gh[pousr]_\w{20,255}|github_pat_\w{20,255}|gl(?:pat|ptt|dt|rt)-[\w-]{16,64}|xox[abeoprs]-[\w-]{10,255}|xapp-[\w-]{10,255}|AIza[\w-]{30,45}|ya29\.[\w-]{20,512}|GOCSPX-[\w-]{20,64}|npm_\w{30,64}|pypi-[\w-]{16,255}|SG\.[\w-]{16,64}\.[\w-]{16,64}|hf_\w{20,64}|gsk_\w{20,128}|xai-\w{20,128}|r8_\w{20,64}|pplx-\w{20,128}|nvapi-[\w-]{20,128}|fw_\w{16,64}|tvly-\w{16,64}|lsv2_\w{10,128}|mk_\w{12,128}|msk_\w{12,128}|sm_\w{12,128}|m0-\w{16,128}|whsec_[\w+/=]{16,128}|do[opr]_v1_\w{32,128}|shp(?:at|ca|pa|ss)_\w{20,64}|sq0\w{3}-[\w-]{20,64}|key-[0-9a-f]{32}|PMAK-[\w-]{20,128}|dckr_pat_[\w-]{20,64}|glsa_\w{20,64}|figd_[\w-]{20,64}|lin_api_\w{20,64}|secret_\w{30,64}|ntn_\w{30,64}|rnd_\w{20,64}|sbp_\w{30,64}|EAA\w{30,255}|AGE-SECRET-KEY-1\w{40,80}|\d{8,10}:AA[\w-]{30,40}|[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}|AccountKey=[\w+/=]{40,128})/g,
  },
  {
    kind: "token",
    pattern: /\b(?:bearer|basic)[ \t]+([\w.~+/=-]{16,4096})/gi,
    group: 1,
    holds: (value) => /\d/.test(value) || /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(value),
  },
  { kind: "password", pattern: /:\/\/[^\s/:@]{1,128}:([^\s/@]{1,128})@/g, group: 1 },
  {
    kind: "password",
    pattern:
      /\b(?:pass ?words?|pass ?codes?|pass ?phrase|passwd|pwd|pw|pin(?: ?(?:code|number))?|cvv|cvc|security code|unlock code|door code|gate code|alarm code|safe (?:code|combination))(?: ?(?:for|to|of|on|at) [^:=\n]{1,40}?)?(?: (?:is|was|will be|are|now)(?: (?:now|currently|still|actually|also|set to|just|simply))?[:=]? +|[ \t]?[:=][ \t]*|[ \t]?(?:->|=>|\u2192)[ \t]?)["'\u2018\u201c`]?([^\s"'\u2019\u201d`,;]{3,128})/gi,
    group: 1,
    holds: isPassword,
  },
  {
    kind: "api-key",
    pattern:
      /\b(?:api|access|secret|private|client|auth|account|encryption|signing|license|master|service|app|session|refresh|personal)?[ _-]?(?:key|secret|token|credentials?)(?:[ _-]?(?:id|value))?["']?(?: is| was)?[ \t]*[:= ][ \t]*["'`]?([\w.~+/=!@#$%^&*-]{12,512})/gi,
    group: 1,
    holds: (value) =>
      /\d/.test(value) &&
      /[a-z]/i.test(value) &&
      (value.length >= 16 || (/[A-Z]/.test(value) && /[a-z]/.test(value))) &&
      !isUuid(value) &&
      !/^\d{4}-\d\d-\d\d/.test(value),
  },
  {
    kind: "iban",
    pattern: /(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Z0-9])/gi,
    holds: isIban,
  },
  {
    kind: "card-number",
    pattern: /(?<![\w.+-])[2-6]\d(?:[ -]?\d){11,17}(?![\w-])/g,
    holds: isCardNumber,
  },
  {
    kind: "social-security-number",
    pattern: /(?<![\d-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])/g,
  },
  {
    kind: "social-security-number",
    pattern:
      /\b(?:ssn|social security(?: (?:number|no\.?|#))?|tax id|itin)(?: is|:| =|#)?[ \t]*(\d{3}[- ]?\d{2}[- ]?\d{4})(?!\d)/gi,
    group: 1,
  },
  {
    kind: "seed-phrase",
    pattern:
      /\b(?:seed|recovery|mnemonic|backup|secret|wallet)(?: (?:phrase|words|seed))?(?: (?:is|are)|[^\S\n]?[:=-])?\s*["'\u201c]?((?:(?:\d{1,2}[.)]?\s{0,3})?[a-z]{3,8}[\s,]{1,3}){11,24}(?:(?:\d{1,2}[.)]?\s{0,3})?[a-z]{3,8})?)/gi,
    group: 1,
    holds: (value) => isSeedPhrase(value),
  },
  {
    kind: "seed-phrase",
    pattern: SEED_LINE,
    holds: (value) => isSeedPhrase(value) && [12, 15, 18, 21, 24].includes(lettersOf(value).length),
  },
  {
    kind: "high-entropy",
    pattern: /(?<![\w+/=.-])[\w+=-][\w+/=-]{23,511}(?![\w+/=-])/g,
    holds: isHighEntropy,
  },
];

/** The text with every secret replaced by a mark. Linear in the length of the text. */
export function removeSecrets(text: string): Cleaned {
  if (!POSSIBLE.test(text) && !SEED_LINE.test(text)) {
    SEED_LINE.lastIndex = 0;
    return { text, kinds: [] };
  }
  SEED_LINE.lastIndex = 0;
  const { shadow, places } = visible(text);
  const spans: { from: number; to: number; kind: SecretKind }[] = privateKeys(shadow);
  for (const { kind, pattern, group = 0, holds } of RULES) {
    for (const hit of shadow.matchAll(pattern)) {
      const value = hit[group];
      if (value === undefined || value.startsWith(SECRET_MARK) || (holds && !holds(value, hit[0])))
        continue;
      const from = group === 0 ? hit.index : hit.index + hit[0].lastIndexOf(value);
      spans.push({ from, to: from + value.length, kind });
    }
  }
  if (spans.length === 0) return { text, kinds: [] };
  spans.sort((a, b) => a.from - b.from || b.to - a.to);
  const kinds = new Set<SecretKind>();
  let out = "";
  let at = 0;
  for (const { from, to, kind } of spans) {
    const [start, end] =
      places === null ? [from, to] : [places[from] as number, places[to] as number];
    if (end <= at) continue;
    kinds.add(kind);
    out += start >= at ? text.slice(at, start) + SECRET_MARK : "";
    at = end;
  }
  return { text: out + text.slice(at), kinds: [...kinds] };
}

const HIDDEN = /\p{Cf}|\p{Mn}|[\u115f\u1160\u3164\uffa0]/u;
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;

/** What a reader sees: no invisible characters, full-width and styled letters plain. With the place of each unit in the text. */
function visible(text: string): {
  readonly shadow: string;
  readonly places: readonly number[] | null;
} {
  if (!/[^\x00-\x7f]/.test(text)) return { shadow: text, places: null };
  const parts: string[] = [];
  const places: number[] = [];
  let at = 0;
  for (const letter of text) {
    const plain =
      letter <= "\x7f"
        ? letter
        : HIDDEN.test(letter)
          ? ""
          : DASHES.test(letter)
            ? "-"
            : letter.normalize("NFKC");
    parts.push(plain);
    for (let i = 0; i < plain.length; i++) places.push(at);
    at += letter.length;
  }
  places.push(at);
  return { shadow: parts.join(""), places };
}

/** PEM blocks, to their end mark or, where that is missing, to the end of their base64 lines. */
function privateKeys(text: string): { from: number; to: number; kind: SecretKind }[] {
  const found: { from: number; to: number; kind: SecretKind }[] = [];
  let from = text.indexOf("-----BEGIN ");
  while (from >= 0) {
    const head = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(
      text.slice(from, from + 80),
    );
    let to = from + 11;
    if (head) {
      to = from + head[0].length;
      const body =
        /^[\sA-Za-z0-9+/=:,.\\-]*?(?:-----END [A-Z0-9 ]{0,40}-----|$|(?=[^\sA-Za-z0-9+/=:,.\\-]))/.exec(
          text.slice(to, to + 20_000),
        );
      to += body?.[0].length ?? 0;
      found.push({ from, to, kind: "private-key" });
    }
    from = text.indexOf("-----BEGIN ", to);
  }
  return found;
}

const NO_PASSWORD =
  /^(?:not|too|very|so|is|was|the|a|an|to|my|your|our|his|her|their|its|it|this|that|in|on|at|of|for|or|and|with|by|from|if|no|now|also|always|never|still|really|required|needed|optional|wrong|incorrect|invalid|correct|right|valid|weak|strong|secure|insecure|short|long|empty|blank|missing|expired|expiring|reset|resetting|changed|changing|stored|saved|hashed|encrypted|protected|masked|hidden|visible|shown|sent|shared|leaked|compromised|forgotten|lost|safe|unsafe|easy|hard|simple|complex|good|bad|fine|ok|okay|different|same|set|unset|used|null|none|undefined|true|false|string|text|hash|being|getting|going|kept|written|case|must|should|can|may|will|would|at|least|what|where|how|when|why|something|unknown|annoying|unique|important|ready|old|new|one|like|working|failing|rejected|accepted|only|just|there|here|please|char\w*|varchar\w*|require\w*|valid\w*|process\.env\S*|os\.\S*|\$\w+|\$\{\S*|\{\S*|<\S*|%\S*|\*+|x+|\.{2,}|str|self\S*|req\S*|request\S*|user\S*|config\S*|get\w*\(\S*|input\S*|prompt\S*|e\.g\S*|\[secret|\S*\(\S*\)?;?)[.!?)]*$/i;

function isPassword(value: string, whole: string): boolean {
  if (NO_PASSWORD.test(value)) return false;
  if (/^(?:pin|cvv|cvc|security code|unlock|door|gate|alarm|safe)/i.test(whole))
    return /\d{3}/.test(value);
  return (
    /[:=\u2192>]/.test(whole.slice(0, whole.length - value.length)) ||
    /\d|[^\p{L}]./u.test(value) ||
    !/(?:ed|ing|ly|able|ible)$/.test(value)
  );
}

function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value);
}

function isCardNumber(value: string): boolean {
  const digits = value.replace(/\D/g, "");
  if (digits.length < 13 || digits.length > 19 || /^(\d)\1*$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isIban(value: string): boolean {
  const plain = value.replace(/ /g, "").toUpperCase();
  if (plain.length < 15 || plain.length > 34) return false;
  let rest = 0;
  for (const sign of plain.slice(4) + plain.slice(0, 4)) {
    const number = sign <= "9" ? sign.charCodeAt(0) - 48 : sign.charCodeAt(0) - 55;
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97;
  }
  return rest === 1;
}

function lettersOf(value: string): string[] {
  return value.toLowerCase().match(/[a-z]+/g) ?? [];
}

/** A list of dictionary words without the grammar of a sentence. */
function isSeedPhrase(value: string): boolean {
  const list = lettersOf(value);
  const grammar = list.filter((word) => isStopWord(word)).length;
  return (
    list.length >= 12 && grammar * 6 <= list.length && new Set(list).size * 5 >= list.length * 4
  );
}

/** Upper and lower case and digits mixed without words in between, near random. Identifiers, hashes, UUIDs and slugs are not. */
function isHighEntropy(value: string): boolean {
  if (
    value.length > DATA_LENGTH ||
    !/[A-Z]/.test(value) ||
    !/[a-z]/.test(value) ||
    !/\d\D+\d/.test(value)
  )
    return false;
  if (/[A-Za-z]{9}|\//.test(value) && !/[+=]/.test(value))
    return /[a-z]{7}|\//.test(value) ? false : entropyOf(value) > 4.3;
  if (/^(?:[A-Za-z]+[-_]?\d*)+$/.test(value) && /[a-z]{5}/.test(value)) return false;
  return entropyOf(value) >= 3.9;
}

function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const sign of value) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
