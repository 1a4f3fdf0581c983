export { CNN, type CNNConfig, completeCNNConfig } from './cnn.ts';
export { type ClassifierLoss, classifierLoss, completeMLPConfig, MLP, type MLPConfig } from './mlp.ts';
export { completeResNetConfig, ResNet, type ResNetConfig } from './resnet.ts';
