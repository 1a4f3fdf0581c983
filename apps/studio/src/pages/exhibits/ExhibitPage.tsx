import { useParams } from 'wouter';
import { ExhibitSheet } from '../../ui/exhibit/ExhibitSheet.tsx';

/** An exhibit on a page of its own. */
export default function ExhibitPage() {
  const { name } = useParams<{ name: string }>();
  return (
    <div className="wrap page">
      <ExhibitSheet key={name} name={name} level={1} />
    </div>
  );
}
