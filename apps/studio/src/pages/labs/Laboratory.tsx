import { type ComponentType, lazy } from 'react';
import { useParams } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import { laboratories } from '../../labs/laboratories.ts';
import { useTitle } from '../../ui/useTitle.ts';
import { LaboratoryList } from './LaboratoryList.tsx';
import { labsMessages } from './messages.ts';

const modules = import.meta.glob<{ default: ComponentType }>('../../labs/*/Laboratory.tsx');

const rooms = new Map(
  Object.entries(modules).map(([path, load]) => [path.split('/').at(-2) ?? '', lazy(load)] as const),
);

/** A laboratory by its name: the page of its folder. */
export default function Laboratory() {
  const { name } = useParams<{ name: string }>();
  const locale = useLocale();
  const entry = laboratories.find((laboratory) => laboratory.name === name);
  const Room = rooms.get(name);
  const t = labsMessages(locale);
  useTitle(entry?.title[locale] ?? t('title'));
  if (Room) return <Room />;
  return (
    <div className="wrap page labs">
      <h1>{t('unknown')}</h1>
      <p className="lead">{t('unknownText')}</p>
      <LaboratoryList />
    </div>
  );
}
