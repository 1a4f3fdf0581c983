import type { Texts } from '../i18n/locale.ts';

/** A place to train without a script. */
export interface LaboratoryEntry {
  /** Of its folder in `labs`, and of its address. */
  readonly name: string;
  readonly title: Texts;
  readonly about: Texts;
  /** Whether it can be entered; otherwise it is on its way, and that is said. */
  readonly open: boolean;
}

export const laboratories: readonly LaboratoryEntry[] = [
  {
    name: 'points',
    title: { es: 'Puntos', en: 'Points' },
    about: {
      es: 'Una red pequeña, tus puntos y un detector de neuronas muertas',
      en: 'A small network, your points, and a detector of dead neurons',
    },
    open: true,
  },
  {
    name: 'gpt',
    title: { es: 'GPT', en: 'GPT' },
    about: { es: 'Entrena un modelo de lenguaje con tu texto', en: 'Train a language model on your text' },
    open: true,
  },
  {
    name: 'images',
    title: { es: 'Imágenes', en: 'Pictures' },
    about: { es: 'VAE, VQ-VAE y DCGAN', en: 'VAE, VQ-VAE and DCGAN' },
    open: false,
  },
  {
    name: 'music',
    title: { es: 'Música', en: 'Music' },
    about: { es: 'Un piano que continúa tu melodía', en: 'A piano that goes on with your melody' },
    open: false,
  },
  {
    name: 'fine-tuning',
    title: { es: 'Ajuste fino', en: 'Fine-tuning' },
    about: { es: 'LoRA, antes y después', en: 'LoRA, before and after' },
    open: false,
  },
  {
    name: 'latents',
    title: { es: 'Latentes', en: 'Latents' },
    about: { es: 'Pasea por dentro de un modelo', en: 'Take a walk inside a model' },
    open: false,
  },
  {
    name: 'compare',
    title: { es: 'Comparar entrenamientos', en: 'Compare runs' },
    about: { es: 'Dos curvas, una diferencia', en: 'Two curves, one difference' },
    open: false,
  },
];
