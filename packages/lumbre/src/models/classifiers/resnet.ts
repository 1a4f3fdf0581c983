import { BatchNorm2d, Conv2d, type LayerOptions, Linear, Module, Sequential } from '../../nn/index.ts';
import { normal } from '../../tensor/random.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkIntegers } from '../images/checkConfig.ts';
import { type ClassifierLoss, classifierLoss } from './mlp.ts';

export interface ResNetConfig {
  /** 1 for grey, 3 for colours. */
  readonly channels: number;
  readonly classes: number;
  /** Channels at full size; twice as many at half of it, four times at a quarter. Default 16. */
  readonly width?: number;
  /** Blocks at each size, of two layers each: He et al.'s n, where 3 makes 20 layers. Default 1. */
  readonly blocks?: number;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeResNetConfig(config: ResNetConfig): Required<ResNetConfig> {
  const complete = { width: 16, blocks: 1, ...config };
  checkIntegers('ResNet', complete, ['channels', 'classes', 'width', 'blocks']);
  return complete;
}

/** Two convolutions, added to what comes in: torchvision's BasicBlock, and its names. */
class BasicBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  /** Brings the input to the size of the output. */
  readonly downsample: Sequential<readonly (Conv2d | BatchNorm2d)[]> | null;

  constructor(inputs: number, outputs: number, stride: number, options: LayerOptions) {
    super();
    const bare = { ...options, bias: false };
    this.conv1 = new Conv2d(inputs, outputs, 3, { ...bare, stride, padding: 1 });
    this.bn1 = new BatchNorm2d(outputs, options);
    this.conv2 = new Conv2d(outputs, outputs, 3, { ...bare, padding: 1 });
    this.bn2 = new BatchNorm2d(outputs, options);
    this.downsample =
      stride === 1 && inputs === outputs
        ? null
        : new Sequential<readonly (Conv2d | BatchNorm2d)[]>(
            new Conv2d(inputs, outputs, 1, { ...bare, stride }),
            new BatchNorm2d(outputs, options),
          );
  }

  forward(x: Tensor): Tensor {
    const h = this.bn1.forward(this.conv1.forward(x)).relu();
    const added = this.bn2.forward(this.conv2.forward(h));
    return added.add(this.downsample ? this.downsample.forward(x) : x).relu();
  }
}

/**
 * A residual network for small pictures (He et al., Deep Residual Learning for Image Recognition, arXiv:1512.03385, section
 * 4.2): three sizes of the picture, 6 · blocks + 2 layers, of pictures of any size.
 */
export class ResNet extends Module {
  readonly config: Required<ResNetConfig>;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly layer1: Sequential<readonly BasicBlock[]>;
  readonly layer2: Sequential<readonly BasicBlock[]>;
  readonly layer3: Sequential<readonly BasicBlock[]>;
  readonly fc: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: ResNetConfig, options: LayerOptions = {}) {
    super();
    this.config = completeResNetConfig(config);
    const { channels, classes, width, blocks } = this.config;
    const stage = (inputs: number, outputs: number, stride: number) =>
      new Sequential(
        ...Array.from({ length: blocks }, (_, i) =>
          i === 0
            ? new BasicBlock(inputs, outputs, stride, options)
            : new BasicBlock(outputs, outputs, 1, options),
        ),
      );
    this.conv1 = new Conv2d(channels, width, 3, { ...options, padding: 1, bias: false });
    this.bn1 = new BatchNorm2d(width, options);
    this.layer1 = stage(width, width, 1);
    this.layer2 = stage(width, 2 * width, 2);
    this.layer3 = stage(2 * width, 4 * width, 2);
    this.fc = new Linear(4 * width, classes, options);
    this.#initialize(options);
  }

  /** He et al.'s first weights (arXiv:1502.01852): normal with variance 2 / (outputs · kernel). */
  #initialize({ generator }: LayerOptions): void {
    scope(() =>
      noGrad(() => {
        for (const value of this.parameters()) {
          if (value.ndim !== 4) continue;
          const [outputs, , height, width] = value.shape as [number, number, number, number];
          const std = Math.sqrt(2 / (outputs * height * width));
          const { shape, dtype, device } = value;
          value.assign(normal(0, std, shape, { dtype, device, generator }).realize());
        }
      }),
    );
  }

  /** [batch, channels, height, width] to what the last layer sees, [batch, 4 · width]. */
  features(x: Tensor): Tensor {
    let h = this.bn1.forward(this.conv1.forward(x)).relu();
    for (const layer of [this.layer1, this.layer2, this.layer3]) h = layer.forward(h);
    return h.mean([2, 3]);
  }

  /** [batch, channels, height, width] to logits [batch, classes]. */
  forward(x: Tensor): Tensor {
    return this.fc.forward(this.features(x));
  }

  /** `loss`: the mean surprise at the right class, in nats, and `accuracy`, the part that is right. */
  loss(x: Tensor, labels: Tensor): ClassifierLoss {
    return classifierLoss(this.forward(x), labels);
  }
}
