/**
 * CRC-32 of concatenations, as zlib's crc32_combine computes it (https://zlib.net/manual.html): a CRC is a polynomial over
 * GF(2) modulo POLYNOMIAL, with the coefficient of x^0 in the highest bit. Appending n bytes multiplies it by x^(8n).
 */
const POLYNOMIAL = 0xedb88320;
const X_TO_0 = 0x80000000;
const X_TO_1 = 0x40000000;
/** A byte has 2^3 bits. */
const LOG2_BITS_OF_BYTE = 3;

/** x^(2^k) for k from 0 to 31; they repeat from there, as x^(2^32) is x. */
const POWERS: readonly number[] = repeatedSquares();

/** Multiplies two polynomials. */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bits = a | 0; bits !== 0; bits <<= 1) {
    if (bits < 0) product ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
  }
  return product >>> 0;
}

function repeatedSquares(): number[] {
  const squares = [X_TO_1];
  while (squares.length < 32) {
    const last = squares.at(-1) ?? 0;
    squares.push(multiply(last, last));
  }
  return squares;
}

/** The factor by which `bytes` more bytes multiply a CRC. It is worth keeping, as it takes longer than combining. */
export function crc32Shift(bytes: number): number {
  let shift = X_TO_0;
  let power = LOG2_BITS_OF_BYTE;
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) shift = multiply(shift, POWERS[power % POWERS.length] ?? 0);
    power += 1;
  }
  return shift;
}

/** The CRC of two texts in sequence, from the CRC of each, and the crc32Shift of the second one's length. */
export function combineCrc32(first: number, second: number, shiftOfSecond: number): number {
  return (multiply(first, shiftOfSecond) ^ second) >>> 0;
}
