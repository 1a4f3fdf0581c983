type Floats = Float32Array | Float64Array;

/** Past this many, a heap of the largest costs more than parting the whole. */
const LARGEST_HEAP = 1024;

/**
 * The k-th largest value, without sorting all: most values of a vocabulary are looked at once.
 * @param k from 1 to the number of values
 */
export function kthLargest(values: Floats, k: number): number {
  return k > LARGEST_HEAP ? kthByParting(values, k) : kthByHeap(values, k);
}

/** The smallest of the k largest so far is on top of a heap; what is not above it is passed over. */
function kthByHeap(values: Floats, k: number): number {
  const heap = values.slice(0, k).sort();
  for (let i = k; i < values.length; i++) {
    const value = values[i] as number;
    if (value > (heap[0] as number)) sink(heap, value);
  }
  return heap[0] as number;
}

/** Puts a value in the place of the smallest. */
function sink(heap: Floats, value: number): void {
  const size = heap.length;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= value) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = value;
}

/** Hoare's quickselect. */
function kthByParting(values: Floats, k: number): number {
  const work = values.slice();
  const wanted = k - 1;
  let [low, high] = [0, work.length - 1];
  while (low < high) {
    const pivot = middle(work[low] as number, work[(low + high) >> 1] as number, work[high] as number);
    let [i, j] = [low, high];
    while (i <= j) {
      while ((work[i] as number) > pivot) i++;
      while ((work[j] as number) < pivot) j--;
      if (i > j) break;
      const swapped = work[i] as number;
      work[i++] = work[j] as number;
      work[j--] = swapped;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return work[wanted] as number;
}

const middle = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

/**
 * The places of the k largest values, the largest first; of equals, the one that comes first.
 * @param k from 1 to the number of values
 */
export function topIndices(values: Floats, k: number): Int32Array {
  const threshold = kthLargest(values, k);
  const above: number[] = [];
  const equal: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value > threshold) above.push(i);
    else if (value === threshold && equal.length < k) equal.push(i);
  }
  above.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  return Int32Array.from([...above, ...equal].slice(0, k));
}

/** Where a walk through values from the smallest key on has gathered enough. */
export interface Cut {
  /** The key at which the mass is reached; what has a larger one is beyond. */
  readonly key: number;
  /** How many of those with just this key are needed, the others being as good. */
  readonly equals: number;
}

/**
 * Walks from the smallest key to larger ones until the masses add up to `needed`: quickselect over masses, so that nothing
 * is sorted. `keys` and `masses` are put in another order.
 * @returns null when all of them together do not reach it
 */
export function cutAtMass(keys: Float64Array, masses: Float64Array, needed: number): Cut | null {
  let [low, high] = [0, keys.length];
  // Of nothing, the first still counts.
  let missing = Math.max(needed, Number.MIN_VALUE);
  while (low < high) {
    const pivot = middle(keys[low] as number, keys[(low + high) >> 1] as number, keys[high - 1] as number);
    // Smaller keys, equal ones, larger ones (Dijkstra's flag).
    let [smaller, i, larger] = [low, low, high];
    let [massSmaller, massEqual] = [0, 0];
    while (i < larger) {
      const key = keys[i] as number;
      if (key < pivot) {
        massSmaller += masses[i] as number;
        swap(keys, masses, smaller++, i++);
      } else if (key > pivot) {
        swap(keys, masses, i, --larger);
      } else {
        massEqual += masses[i] as number;
        i++;
      }
    }
    if (massSmaller >= missing) {
      high = smaller;
    } else if (massSmaller + massEqual >= missing) {
      const each = massEqual / (larger - smaller);
      const equals = each > 0 ? Math.ceil((missing - massSmaller) / each) : larger - smaller;
      return { key: pivot, equals: Math.min(Math.max(equals, 1), larger - smaller) };
    } else {
      missing -= massSmaller + massEqual;
      low = larger;
    }
  }
  return null;
}

function swap(keys: Float64Array, masses: Float64Array, a: number, b: number): void {
  const key = keys[a] as number;
  const mass = masses[a] as number;
  keys[a] = keys[b] as number;
  masses[a] = masses[b] as number;
  keys[b] = key;
  masses[b] = mass;
}
