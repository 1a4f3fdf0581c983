/** A value is a flame: its height is the number. The path of one of so much width and height, standing on the line y = 0. */
export function flamePath(width: number, height: number): string {
  const n = (value: number) => Number(value.toFixed(2));
  const middle = width / 2;
  const lean = width * 0.06;
  return (
    `M0 0C0 ${n(-height * 0.45)} ${n(middle - lean)} ${n(-height * 0.54)} ${n(middle + lean)} ${n(-height)}` +
    `C${n(middle + 2 * lean)} ${n(-height * 0.66)} ${n(width)} ${n(-height * 0.5)} ${n(width)} 0Z`
  );
}
