import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { moneyWithSymbol } from '#services/money.ts'
import type { Wallet } from '#services/people.ts'
import { useIsStaff, useMay } from '#services/session.ts'
import { lackOf } from '#services/wallet-lack.ts'
import styles from '#components/wallet-lack.module.css'

type Props = {
  readonly wallet: Wallet | undefined
  readonly amount: number | undefined
  /** Takes what is there instead, where a part will do. */
  readonly onUse?: (available: number) => void
}

const Way = ({ wallet, lack }: { readonly wallet: Wallet; readonly lack: string }) => {
  const may = useMay()
  if (!useIsStaff()) return <p>Bring {lack} to our desk as cash: it is in your wallet at once, and this page shows it by itself.</p>
  return may('lending.deposit') ? (
    <p>
      <Link to={`/people/${wallet.person}/deposit`}>Take a deposit</Link> first, or take the payment as cash.
    </p>
  ) : null
}

/** What is in the wallet that is to pay; where it is not enough, how much is missing and what helps. */
export const WalletLack = ({ wallet, amount, onUse }: Props) => {
  const staff = useIsStaff()
  const said = (minor: number) => moneyWithSymbol(minor, wallet?.currency)
  const lack = lackOf(wallet, amount)
  return (
    <div className={styles.wallet} role="status" data-short={lack > 0 || undefined}>
      {wallet && (
        <p>
          In {staff ? 'the' : 'your'} wallet: {said(wallet.available)}
          {lack > 0 && (
            <>
              . <b>{said(lack)} is missing</b> for this.
            </>
          )}
        </p>
      )}
      {wallet && lack > 0 && (
        <>
          {onUse && wallet.available > 0 && <Button onClick={() => onUse(wallet.available)}>Pay {said(wallet.available)} instead</Button>}
          <Way wallet={wallet} lack={said(lack)} />
        </>
      )}
    </div>
  )
}
