import { Button, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { Keycap } from '#components/keycap.tsx'
import { movesOf, type KnownMove } from '#components/known-moves.ts'
import { useKeys } from '#services/keys.ts'
import type { Loan } from '#services/loans.ts'
import { useIsStaff } from '#services/session.ts'

/** The moves allowed to this person on this loan now, as the server says: one filled, the others outlined, the rare under dots. */
export const LoanMoves = ({ loan }: { readonly loan: Loan }) => {
  const navigate = useNavigate()
  const staff = useIsStaff()
  const moves = movesOf(loan, staff)
  const go = (known: KnownMove) => () => void navigate({ to: `/loans/${loan.id}/${known.path}` })
  useKeys(Object.fromEntries(moves.map((known) => [known.key, [known.word, go(known)] as const])))
  const filled = moves.find(({ rank }) => rank === 'filled')
  const rare = moves.filter(({ rank }) => rank === 'rare')
  return (
    <>
      {moves
        .filter((known) => known !== filled && known.rank !== 'rare')
        .map((known) => (
          <Button
            key={known.move}
            leftSection={<known.icon size={16} stroke={1.75} />}
            rightSection={<Keycap>{known.key.toUpperCase()}</Keycap>}
            aria-keyshortcuts={known.key}
            onClick={go(known)}
          >
            {known.word}
          </Button>
        ))}
      {rare.length > 0 && (
        <Menu>
          <Menu.Target>
            <Button aria-label="More moves">
              <IconDots size={16} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {rare.map((known) => (
              <Menu.Item key={known.move} leftSection={<known.icon size={16} />} onClick={go(known)}>
                {known.word}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {filled && (
        <Button
          variant="filled"
          leftSection={<filled.icon size={16} stroke={1.75} />}
          rightSection={<Keycap onAccent>{filled.key.toUpperCase()}</Keycap>}
          aria-keyshortcuts={filled.key}
          onClick={go(filled)}
        >
          {filled.word}
        </Button>
      )}
    </>
  )
}
