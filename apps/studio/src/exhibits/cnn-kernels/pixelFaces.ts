import { type Tensor, tensor } from 'lumbre';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, recordedLumbre, startRecording } from '../../faces/record.ts';
import { windowAt } from './drawing.ts';
import type { KernelNet } from './net.ts';
import { FIRST, SIDE } from './size.ts';

/**
 * The faces of one pixel of a map: ten products, of the window with the filter and of 1 with the bias, and how the network's
 * doubt about the digit that it sees would change with it. The rest of the network is computed from the pixel, by what is
 * recorded.
 */
export async function pixelFaces(
  net: KernelNet,
  pixels: Float32Array,
  map: Float32Array,
  kernel: number,
  row: number,
  column: number,
  seen: number,
): Promise<Faces> {
  startRecording();
  const { conv2d, maxPool2d } = recordedLumbre();
  const weights = await net.conv1.weight.data();
  const bias = await (net.conv1.bias as Tensor).data();
  const made: Tensor[] = [];
  const own = (value: Tensor): Tensor => {
    made.push(value);
    return value;
  };
  const window = own(tensor([...windowAt(pixels, row, column), 1]));
  const filter = own(
    tensor([...Array.from(weights).slice(9 * kernel, 9 * kernel + 9), Number(bias[kernel])], {
      requiresGrad: true,
    }),
  );
  const pixel = own(window.dot(filter));
  // The maps with a gap where the pixel goes.
  const at = kernel * SIDE * SIDE + row * SIDE + column;
  const others = Float32Array.from(map);
  others[at] = 0;
  const place = new Float32Array(FIRST * SIDE * SIDE);
  place[at] = 1;
  const shape = [1, FIRST, SIDE, SIDE];
  const first = own(
    own(tensor(place, { shape }))
      .mul(pixel)
      .add(own(tensor(others, { shape }))),
  );
  const pooled = own(maxPool2d(own(first.relu()), 2));
  const second = own(
    conv2d(pooled, net.conv2.weight, { padding: 1 }).add((net.conv2.bias as Tensor).reshape(1, -1, 1, 1)),
  );
  const flat = own(maxPool2d(own(second.relu()), 2).flatten(1));
  const logits = own(flat.matmul(net.last.weight.transpose(0, 1)).add(net.last.bias as Tensor));
  const loss = own(logits.logSoftmax(1).select(1, seen).neg().sum());
  try {
    return await facesOf(pixel, 0, { name: 'map', loss, lossName: 'L' });
  } finally {
    for (const value of made) value.dispose();
  }
}
