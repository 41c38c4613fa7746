/** Seeds that once failed. */
const FAILED_ONCE = [
  7, 14, 19, 24, 52, 88, 102, 105, 121, 219, 222, 241, 261, 350, 353, 1016, 1026, 1037, 1059, 1123, 10_056,
  10_072, 10_078, 77_397, 77_470, 77_743, 170_013, 777_013, 777_014, 14_839_884, 14_839_957, 14_839_979,
  254_484_318, 268_435_467, 268_723_485, 385_888_171, 392_026_563, 392_026_674, 438_240_344, 469_759_765,
  700_000_042, 700_000_217, 920_000_299, 920_001_116,
] as const;

/** One hundred worlds that every run goes through. */
export const PINNED_SEEDS: readonly number[] = [
  ...FAILED_ONCE,
  ...Array.from({ length: 100 - FAILED_ONCE.length }, (_, index) => 20_000 + index),
];
