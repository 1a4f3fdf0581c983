/** Names of figures, with those of the same figures of real data, which stand beside them. */
export const besideReal = (names: Readonly<Record<string, string>>, real: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([figure, name]) => [
      [figure, name],
      [`${figure}Real`, `${name}, ${real}`],
    ]),
  );
