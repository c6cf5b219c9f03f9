// The best k rows so far: a binary heap with the worst of them on top. A row is one 64-bit key, its score made to sort as an
// integer above the inverted row number, so that one comparison decides both the score and the tie.

let keys: usize = 0;
let room: u32 = 0;
let held: u32 = 0;

/** A score has to be above this to matter: an equal one belongs to a later row. What is not a number is never above it. */
export let threshold: f32 = -Infinity as f32;

export function startBest(at: usize, k: u32): void {
  keys = at;
  room = k;
  held = 0;
  threshold = -Infinity as f32;
}

/** Takes a row whose score is above the threshold, and gives the new one. Rows come by rising number. */
export function offer(score: f32, row: u32): f32 {
  const key = keyOf(score, row);
  if (held < room) {
    siftUp(held++, key);
  } else {
    siftDown(held, key);
  }
  if (held == room) threshold = scoreOf(load<u64>(keys));
  return threshold;
}

/** Writes rows and scores, best first, and gives their count. Ends the search. */
export function takeBest(rows: usize, scores: usize): u32 {
  const count = held;
  while (held > 0) {
    const worst = load<u64>(keys);
    held--;
    siftDown(held, load<u64>(keys + ((held as usize) << 3)));
    store<u32>(rows + ((held as usize) << 2), ~(worst as u32));
    store<f32>(scores + ((held as usize) << 2), scoreOf(worst));
  }
  return count;
}

function siftUp(from: u32, key: u64): void {
  let at = from;
  while (at > 0) {
    const parent: u32 = (at - 1) >> 1;
    const above = load<u64>(keys + ((parent as usize) << 3));
    if (above <= key) break;
    store<u64>(keys + ((at as usize) << 3), above);
    at = parent;
  }
  store<u64>(keys + ((at as usize) << 3), key);
}

/** Puts `key` in the place of the top one, among the first `count`. */
function siftDown(count: u32, key: u64): void {
  let at: u32 = 0;
  while (true) {
    let child: u32 = 2 * at + 1;
    if (child >= count) break;
    let below = load<u64>(keys + ((child as usize) << 3));
    if (child + 1 < count) {
      const other = load<u64>(keys + ((child as usize) << 3), 8);
      if (other < below) {
        below = other;
        child++;
      }
    }
    if (below >= key) break;
    store<u64>(keys + ((at as usize) << 3), below);
    at = child;
  }
  store<u64>(keys + ((at as usize) << 3), key);
}

function keyOf(score: f32, row: u32): u64 {
  // Minus zero would sort below zero, which it equals.
  const bits = score == 0 ? 0 : reinterpret<i32>(score);
  const sortable = (bits ^ ((bits >> 31) | i32.MIN_VALUE)) as u32;
  return ((sortable as u64) << 32) | (~row as u64);
}

function scoreOf(key: u64): f32 {
  const sortable = (key >> 32) as i32;
  return reinterpret<f32>(sortable < 0 ? sortable ^ i32.MIN_VALUE : ~sortable);
}
