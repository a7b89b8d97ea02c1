import { IconPlugConnected } from "@tabler/icons-react";
import { useState } from "react";

/** A connector's own icon; a plug where it has none. */
export function ConnectorIcon({ slug, size = 32 }: { slug: string; size?: number }) {
  const [missing, setMissing] = useState(false);
  const inner = Math.round(size * 0.68);
  return (
    <span className="tile-icon" style={{ width: size, height: size, borderRadius: Math.max(4, size / 4.5) }}>
      {missing ? (
        <IconPlugConnected size={inner} stroke={1.6} color="var(--text-3)" />
      ) : (
        <img
          src={`/api/marketplace/${slug}/icon`}
          width={inner}
          height={inner}
          alt=""
          onError={() => setMissing(true)}
        />
      )}
    </span>
  );
}
