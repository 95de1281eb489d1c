import { Button, Menu } from '@mantine/core'
import { IconBan, IconCash, IconCheck, IconDots, IconFlagCheck, IconTransferOut, type Icon } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { Keycap } from '#components/keycap.tsx'
import { useKeys } from '#services/keys.ts'
import type { Loan, Move } from '#services/loans.ts'
import { useIsStaff } from '#services/session.ts'

type Known = {
  readonly move: Move
  readonly word: string
  readonly icon: Icon
  readonly key: string
  readonly path: string
  readonly rank: 'filled' | 'outlined' | 'rare'
}

const KNOWN: readonly Known[] = [
  { move: 'repay', word: 'Record repayment', icon: IconCash, key: 'r', path: 'repay', rank: 'filled' },
  { move: 'foreclose', word: 'Foreclosure quote', icon: IconFlagCheck, key: 'q', path: 'foreclose', rank: 'outlined' },
  { move: 'approve', word: 'Approve', icon: IconCheck, key: 'a', path: 'moves/approve', rank: 'filled' },
  { move: 'reject', word: 'Reject', icon: IconBan, key: 'x', path: 'moves/reject', rank: 'outlined' },
  { move: 'accept', word: 'Record acceptance', icon: IconCheck, key: 'a', path: 'moves/accept', rank: 'filled' },
  { move: 'disburse', word: 'Disburse again', icon: IconTransferOut, key: 'd', path: 'moves/disburse', rank: 'filled' },
]

/** The same, said to whoever borrowed. */
const OWN_WORDS: Partial<Record<Move, string>> = { repay: 'Pay', foreclose: 'Close the loan early', accept: 'Accept the offer' }

/** The moves allowed to this person on this loan now, as the server says: one filled, the others outlined, the rare under dots. */
export const LoanMoves = ({ loan }: { readonly loan: Loan }) => {
  const navigate = useNavigate()
  const staff = useIsStaff()
  const known = staff ? KNOWN : KNOWN.map((one) => ({ ...one, word: OWN_WORDS[one.move] ?? one.word }))
  const moves = known.filter(({ move }) => loan.moves.includes(move))
  const go = (known: Known) => () => void navigate({ to: `/loans/${loan.id}/${known.path}` })
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
