/** Beginnings of the names under which sync keeps what is no record of the vault. The key of a record follows. */
export const COPY = "copy:";
export const ASIDE = "aside:";
/** Characters of a record's key. */
export const KEY_CHARS = 32;
