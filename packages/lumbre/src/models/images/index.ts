export {
  AdversarialModel,
  type AdversarialSampleOptions,
  copyState,
  type DiscriminatorNetwork,
  type GeneratorNetwork,
  initializeDCGAN,
  updateAverage,
} from './adversarial.ts';
export {
  Autoencoder,
  type AutoencoderConfig,
  type AutoencoderLossOptions,
  completeAutoencoderConfig,
  corrupt,
} from './autoencoder.ts';
export {
  ConditionalGAN,
  type ConditionalGANConfig,
  completeConditionalGANConfig,
} from './conditionalGan.ts';
export {
  ConditionalVAE,
  type ConditionalVAEConfig,
  completeConditionalVAEConfig,
} from './conditionalVae.ts';
export { completeDCGANConfig, DCGAN, type DCGANConfig } from './dcgan.ts';
export {
  Diffusion,
  type DiffusionFrame,
  type DiffusionLossOptions,
  type DiffusionSampleOptions,
} from './diffusion.ts';
export { completeDiffusionConfig, type DiffusionConfig } from './diffusionConfig.ts';
export { completeGANConfig, GAN, type GANConfig } from './gan.ts';
export {
  discriminatorLoss,
  GAN_LOSSES,
  type GanLoss,
  type GradientPenaltyOptions,
  generatorLoss,
  gradientPenalty,
  modeSeekingPenalty,
  r1Penalty,
} from './ganLosses.ts';
export { type GanNetConfig, withStddev } from './ganNets.ts';
export {
  type DiscriminatorBatch,
  type DiscriminatorResult,
  type GanStep,
  type GanStepOptions,
  type GanSteps,
  type GeneratorBatch,
  type GeneratorResult,
  makeGanSteps,
  type StepOptimizer,
} from './ganTraining.ts';
export { interpolateLatents, sphericalLatents } from './latents.ts';
export type { LikelihoodConfig } from './likelihood.ts';
export type { PictureNetConfig } from './pictureNets.ts';
export { UNet, type UNetConfig } from './unet.ts';
export { completeVAEConfig, type NoiseOptions, VAE, type VAEConfig, type VAELoss } from './vae.ts';
export { completeVQPriorConfig, VQPrior, type VQPriorConfig, type VQPriorSampleOptions } from './vqPrior.ts';
export { completeVQVAEConfig, VQVAE, type VQVAEConfig, type VQVAELoss } from './vqVae.ts';
export {
  completeWGANGPConfig,
  WGANGP,
  WGANGP_CRITIC_STEPS,
  WGANGP_STEPS,
  type WGANGPConfig,
} from './wganGp.ts';
