import { test } from 'vitest';
import { explain, tensor } from '../../src/index.ts';

test('x', () => {
  const n = tensor([-3, 4], { dtype: 'int32' });
  console.log(
    n.maximum(0).arraySync(),
    n.minimum(0).arraySync(),
    n.maximum(1).arraySync(),
    n.relu().arraySync(),
    n.abs().arraySync(),
  );
  console.log(explain(n.relu()));
});
