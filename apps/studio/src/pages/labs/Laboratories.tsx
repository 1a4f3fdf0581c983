import { useLocale } from '../../app/preferences.tsx';
import { useTitle } from '../../ui/useTitle.ts';
import { LaboratoryList } from './LaboratoryList.tsx';
import { labsMessages } from './messages.ts';

export default function Laboratories() {
  const t = labsMessages(useLocale());
  useTitle(t('title'));
  return (
    <div className="wrap page labs">
      <h1>{t('title')}</h1>
      <p className="lead">{t('lead')}</p>
      <LaboratoryList />
    </div>
  );
}
