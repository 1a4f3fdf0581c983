import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import { laboratories } from '../../labs/laboratories.ts';
import { LaboratoryIcon } from './LaboratoryIcon.tsx';
import { labsMessages } from './messages.ts';

/** The laboratories: those that are open, and those that are on their way. */
export function LaboratoryList() {
  const locale = useLocale();
  const t = labsMessages(locale);
  return (
    <ul className="lablist">
      {laboratories.map(({ name, title, about, open }) => {
        const content = (
          <>
            <LaboratoryIcon name={name} />
            <span>
              <strong>{title[locale]}</strong>
              <span className="muted small">{about[locale]}</span>
            </span>
            {!open && <span className="tag">{t('soon')}</span>}
          </>
        );
        return (
          <li key={name}>
            {open ? <Link href={`/labs/${name}`}>{content}</Link> : <div className="lab-soon">{content}</div>}
          </li>
        );
      })}
    </ul>
  );
}
