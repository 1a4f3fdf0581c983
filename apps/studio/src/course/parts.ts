import { map } from 'virtual:course/map';
import type { Texts } from '../i18n/locale.ts';
import type { LessonEntry } from './document.ts';

/** A room of the path that is not written yet: only its name is known. */
export interface PlannedLesson {
  readonly title: Texts;
}

export interface Part {
  /** From 1 to 6. */
  readonly number: number;
  readonly title: Texts;
  readonly lessons: readonly LessonEntry[];
  /** What is still to be written, and is said to be. */
  readonly planned: readonly PlannedLesson[];
}

const planned = (es: string, en: string): PlannedLesson => ({ title: { es, en } });

const outline: readonly Omit<Part, 'lessons'>[] = [
  { number: 1, title: { es: 'Fundamentos', en: 'Foundations' }, planned: [] },
  { number: 2, title: { es: 'Matemáticas', en: 'Mathematics' }, planned: [] },
  { number: 3, title: { es: 'Aprendizaje profundo', en: 'Deep learning' }, planned: [] },
  {
    number: 4,
    title: { es: 'IA generativa', en: 'Generative AI' },
    planned: [
      planned('Trocear el texto: BPE', 'Cutting up text: BPE'),
      planned('¿A quién mira cada palabra?', 'Whom does each word look at?'),
      planned('El bloque transformer', 'The transformer block'),
      planned('GPT y BERT', 'GPT and BERT'),
      planned('Leyes de escala', 'Scaling laws'),
      planned('Ajuste fino con LoRA', 'Fine-tuning with LoRA'),
      planned('Los modelos de Hugging Face', 'The models of Hugging Face'),
      planned('VQ-VAE: pintar con códigos', 'VQ-VAE: painting with codes'),
      planned('Una música que continúa', 'Music that goes on'),
    ],
  },
  {
    number: 5,
    title: { es: 'Entrenar de verdad', en: 'Training for real' },
    planned: [
      planned('Retropropagar a mano', 'Backpropagation by hand'),
      planned('«generate», línea por línea', '“generate”, line by line'),
      planned('Temperatura, top-k y top-p', 'Temperature, top-k and top-p'),
      planned('DCGAN: caras', 'DCGAN: faces'),
      planned('Rescatar un colapso', 'Rescuing a collapse'),
    ],
  },
  {
    number: 6,
    title: { es: 'Proyecto final', en: 'Final project' },
    planned: [
      planned('Elige qué generar', 'Choose what to generate'),
      planned('Reúne tus datos', 'Gather your data'),
      planned('Entrena y evalúa', 'Train and evaluate'),
      planned('Publica', 'Publish'),
    ],
  },
];

/** The path: six parts, and the lessons of each in their order. */
export const parts: readonly Part[] = outline.map((part) => ({
  ...part,
  lessons: map.filter((lesson) => lesson.part === part.number),
}));

/** All lessons, one after the other. */
export const lessons: readonly LessonEntry[] = parts.flatMap((part) => part.lessons);

export const lessonById = (id: string): LessonEntry | undefined => lessons.find((lesson) => lesson.id === id);

/** The lesson that follows, across parts. */
export function lessonAfter(id: string): LessonEntry | undefined {
  const place = lessons.findIndex((lesson) => lesson.id === id);
  return place < 0 ? undefined : lessons[place + 1];
}

export const lessonPath = (id: string): string => `/lesson/${id}`;
