### Français. Espaces insécables : devant « : » et les unités (U+00A0), devant « ; ? ! » (U+202F).

## Nombres, dates, durées

month = { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}
date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
date-short = { $day ->
    [1] 1er
   *[other] { $day }
} { $month }
time = { $hour } h { $minute }
time-precise = { $hour } h { $minute } min { $second } s
on = le { $date }
moment = le { $date } à { $time }
span-seconds = { $seconds } s
span-minutes = { $minutes } min
span-hours = { $hours } h { $minutes }
span-days = { $days } j
milliseconds = { $count } ms
percent = { $number } %
list-comma = { $first }, { $second }
list-and = { $first } et { $second }
list-others = { $count ->
    [one] { $list } et { $count } autre
   *[other] { $list } et { $count } autres
}

## La page

site-status = État des services
skip = Aller au contenu
home = Tous les services
other-services = Autres services
measured-from = Mesuré depuis { $places }
last-measurement = dernière mesure
last-measurements = Dernières mesures :
at-time = à { $time }
ago = il y a { $span }
never-measured = pas encore
page-valid = Page établie à { $made }, à ne plus croire après { $until }.
stopped = La surveillance ne se met plus à jour. Le vert ci-dessous appartient au passé.
stopped-title = Surveillance interrompue
page-title = { $summary } · { $site }

## L’état de tout

headline-operational = Tous les services fonctionnent.
headline-nothing = Aucun service n’est encore surveillé.
headline-first-check = Première vérification en cours.
headline-blind = Les mesures n’arrivent plus.
headline-all-down = Panne majeure : tous les services sont en panne.
headline-down = { $count ->
    [one] { $names } est en panne.
   *[other] { $names } sont en panne.
}
headline-down-many = { $count } services sur { $total } sont en panne.
headline-partial = { $count ->
    [one] { $names } ne fonctionne qu’en partie.
   *[other] { $names } ne fonctionnent qu’en partie.
}
headline-partial-many = { $count } services sur { $total } ne fonctionnent qu’en partie.
headline-degraded = { $count ->
    [one] { $names } connaît des difficultés.
   *[other] { $names } connaissent des difficultés.
}
headline-degraded-many = { $count } services sur { $total } connaissent des difficultés.
headline-unknown = Pas de mesure récente pour { $names }.
headline-unknown-many = Pas de mesure récente pour { $count } services sur { $total }.
headline-maintenance = Maintenance en cours : { $names }.
headline-maintenance-many = Maintenance en cours sur { $count } services.
headline-others = { $count ->
    [one] Un autre est perturbé.
   *[other] { $count } autres sont perturbés.
}
title-operational = Tout fonctionne
title-maintenance = Maintenance
title-unknown = Non vérifié
title-degraded = Perturbations
title-partial = Panne partielle
title-down = Panne
title-all-down = Panne majeure

## L’état d’un service

item = { $name } : { $state }
state-operational = Opérationnel
state-maintenance = Maintenance
state-unknown = Non vérifié
state-unverified = Non vérifié depuis { $age }
state-first-check = Première vérification en cours
state-degraded = Perturbé
state-partial = Panne partielle
state-down = Panne
note-since = { $reason } depuis { $since }
note-from = { $note }, vu depuis { $places }
note-declared = { $measured ->
    [under_maintenance] déclaré par les opérateurs, pendant une maintenance
   *[other] déclaré par les opérateurs, mesuré : { $state }
}
note-latency = répond en { $latency }
note-certificate = { $days ->
    [0] certificat : expire aujourd’hui
    [one] certificat : expire dans { $days } jour
   *[other] certificat : expire dans { $days } jours
}
ninety-days = 90 jours
today = aujourd’hui
coverage = sur { $coverage } du temps observé
watched-since = depuis { $since }
no-data = pas encore de données
strip = { $name }, { $window } : { $uptime } ; { $bad ->
    [0] aucun jour de panne
    [one] { $bad } jour de panne
   *[other] { $bad } jours de panne
}

## La page d’un service

open-service = Ouvrir le service
since = Dans cet état depuis { $since }
section-days = Les 90 derniers jours
watched = Surveillé depuis { $since }.
days-sentence = { $bad ->
    [0] Aucune panne mesurée.
    [one] Panne mesurée sur { $bad } jour.
   *[other] Pannes mesurées sur { $bad } jours.
} Disponibilité : { $uptime }.
hint = Désignez une partie du dessin, ou parcourez-le avec les flèches du clavier.
days-table = Les mêmes jours en tableau
day = { $date } : { $what }
day-unobserved = rien d’observé
spell-down = { $span } de panne
spell-partial = { $span } de panne partielle
spell-degraded = { $span } de perturbation
spell-maintenance = { $span } de maintenance
spell-unknown = { $span } sans mesure
section-uptime = Disponibilité
window-day = 24 heures
window-week = 7 jours
window-month = 30 jours
window-quarter = 90 jours
window-year = 1 an
section-latency = Temps de réponse
latency-none = Pas encore de mesure réussie.
latency-chart = Temps de réponse vu depuis { $place }, { $window } : médiane { $p50 }, 95 % sous { $p95 }, 99 % sous { $p99 }
latency-point = { $at } : médiane { $p50 }, 95 % sous { $p95 }, 99 % sous { $p99 }
latency-table = Les mêmes mesures en tableau
median = médiane
section-failures = Derniers échecs
failures-none = Aucun échec enregistré.
times = { $count ->
    [one] une fois
   *[other] { $count } fois
}
section-certificate = Certificat
certificate-ends = { $days ->
    [0] Expire aujourd’hui, { $date }.
    [one] Expire { $date }, dans { $days } jour.
   *[other] Expire { $date }, dans { $days } jours.
}
certificate-ended = A expiré { $date }.
section-probes = Sondes
probes-sentence = Chaque sonde pose une question au service, depuis chaque lieu de mesure.
column-date = Date
column-state = État
column-uptime = Disponibilité
column-spells = Détail
column-when = Quand
column-what = Quoi
column-probe = Sonde
column-place = Lieu
column-detail = Détail technique
column-count = Mesures
column-window = Période
column-coverage = Observé
column-last = Dernier résultat
health-up = fonctionne
health-suspect = en cours de confirmation
health-down = en panne
health-unknown = non vérifié

## Raisons

reason-dns-nxdomain = Nom introuvable
reason-dns-nodata = Nom sans adresse
reason-dns-servfail = Serveurs de noms en erreur
reason-dns-refused = Serveurs de noms qui refusent de répondre
reason-dns-timeout = Serveurs de noms muets
reason-dns-error = Erreur de résolution du nom
reason-connect-refused = Connexion refusée
reason-connect-timeout = Connexion impossible dans le délai
reason-connect-reset = Connexion coupée
reason-network-unreachable = Réseau inaccessible
reason-address-blocked = Adresse que nous refusons de sonder
reason-tls-handshake = Échec de la connexion chiffrée
reason-tls-timeout = Connexion chiffrée trop lente
reason-tls-expired = Certificat expiré
reason-tls-not-yet-valid = Certificat pas encore valable
reason-tls-untrusted = Certificat non reconnu
reason-tls-hostname = Certificat établi pour un autre nom
reason-http-timeout = Pas de réponse dans le délai
reason-http-status = Réponse inattendue
reason-http-error = Erreur { $status }
reason-http-answer = Réponse { $status }
reason-http-protocol = Réponse malformée
reason-http-redirects = Redirections sans issue
reason-body-timeout = Réponse interrompue par le délai
reason-body-truncated = Réponse coupée en route
reason-body-too-large = Réponse trop longue
reason-body-encoding = Réponse illisible
reason-body = Contenu inattendu
reason-header = En-tête inattendu
reason-json = Donnée inattendue
reason-certificate-expiring = Certificat bientôt expiré
reason-latency = Réponse trop lente
reason-protocol = Réponse contraire au protocole
reason-timeout = Pas de réponse dans le délai
reason-heartbeat-missed = Signe de vie manquant
reason-heartbeat-down = Panne signalée par le service
reason-heartbeat-value = Valeur signalée hors limites
reason-canary-write = Écriture d’essai refusée
reason-canary-read = Relecture d’essai impossible
reason-prober-fault = Défaut de notre propre sonde

## Pied de page

how-we-count = Comment nous comptons
rule = La disponibilité est pondérée par le temps : une panne compte entière, une panne partielle pour 30 %, une perturbation pour rien. La maintenance annoncée et le temps sans mesure sont laissés de côté ; la part du temps observée est indiquée à côté. Seules les mesures comptent : ce que les opérateurs déclarent ne change aucun chiffre. Les pourcentages sont arrondis vers le bas : 100 % veut dire sans une seule milliseconde de panne. Les jours commencent à minuit ({ $zone }).
promise = Cette page a moins de { $span }, ou elle vous le dit.
plain-text = En texte brut
times-in = Heures : { $zone }.
powered = Mesuré avec Belfry { $version }

## Incidents et maintenance

services = { $count ->
    [one] { $count } service
   *[other] { $count } services
}
incident-on = { $what } sur { $services }
incident-behind = { $what } sur { $services } derrière { $address }
incident-depending = { $what } sur { $services } reposant sur { $dependency }
incident = Incident
incident-opened = { $what } sur { $services }, d’après nos mesures depuis { $since }. La cause n’est pas encore connue.
incident-grown = { $count ->
    [one] { $count } service est maintenant touché.
   *[other] { $count } services sont maintenant touchés.
}
incident-joined = En échec aussi : { $names }. { $count ->
    [one] { $count } service est touché
   *[other] { $count } services sont touchés
} depuis { $since } ; état le plus grave : { $worst }.
notice-grown = maintenant aussi { $names } ; état le plus grave : { $worst } ; depuis { $since }
incident-recovered = D’après nos mesures, tout fonctionne de nouveau. Nous continuons d’observer.
incident-persists = L’incident précédent a été clos { $closed }, mais d’après nos mesures ceci ne fonctionne toujours pas : { $services }.
incident-still = D’après nos mesures, toujours en panne : { $services }.
incident-unproven = Retour à la normale pas encore constaté : { $services }.
incident-relapsed = La panne est revenue : { $services }.
incident-settled = Tout a continué de fonctionner : l’incident est clos. Il a duré { $span }.
incident-since = Depuis { $since }
last-update = Dernières nouvelles, { $when } : { $text }
next-update = Prochaines nouvelles avant { $time }.
workaround = En attendant
incidents-open = Incidents en cours
maintenance-ahead = Maintenance
spoken-incident = Depuis { $since } : { $title }.
spoken-others = { $count ->
    [one] Un autre incident est en cours.
   *[other] { $count } autres incidents sont en cours.
}
spoken-maintenance = Maintenance, { $stage } : { $title }, { $window }.
spoken-at = Ceci était vrai à { $time }.
feed-history = { $site } : incidents et maintenance
feed-component = { $site } : { $name }
feed-updates = { $site } : toutes les nouvelles
calendar-title = { $site } : maintenance
stage-investigating = Recherche de la cause
stage-identified = Cause trouvée
stage-monitoring = Sous observation
stage-resolved = Résolu
postmortem-published = Le récit de l’incident (post-mortem) est publié : { $address }
impact-none = Aucune gêne
impact-minor = Perturbation
impact-major = Panne
impact-critical = Panne majeure
maintenance-scheduled = Prévue
maintenance-in-progress = En cours
maintenance-verifying = En vérification
maintenance-cancelled = Annulée
maintenance-withdrawn = Cette maintenance est annulée.
maintenance-completed = Terminée
maintenance-window = { $from } – { $to }
maintenance-hours = le { $date }, de { $from } à { $to }
maintenance-planned = Prévue { $window }.
maintenance-begun = La maintenance a commencé.
maintenance-checking = Les travaux sont terminés, le résultat est en cours de vérification.
maintenance-over = La maintenance est terminée.

## Pages d’erreur

error-bad-request = Cette demande est incompréhensible.
error-bad-request-text = L’adresse ou ce qui l’accompagne est mal formé.
error-not-found = Cette page n’existe pas.
error-not-found-text = Le service a peut-être changé de nom, ou n’est plus surveillé.
error-method = Cette page se lit seulement.
error-method-text = La méthode demandée n’a pas de sens ici.
error-too-long = Cette adresse est trop longue.
error-too-long-text = Aucune de nos pages n’a d’adresse aussi longue : quelque chose a-t-il été collé deux fois ?
error-too-many = Trop de demandes.
error-too-many-text = Attendez une minute, puis réessayez.
error-internal = La page d’état a une panne, elle aussi.
error-internal-text = Cela ne dit rien de l’état des services. L’erreur est notée ; réessayez dans un instant.
error-unavailable = La page d’état n’est pas encore prête.
error-unavailable-text = Cela ne dit rien de l’état des services. Réessayez dans un instant.
error-code = Erreur { $code }

## The API, where Statuspage has no words

unverified-now = Surveillance interrompue : l’état actuel n’est pas vérifié
interruption-update = Depuis { $since }, ces services ne sont plus vérifiés. Ils fonctionnent peut-être, ou non : notre surveillance ne le sait pas.
