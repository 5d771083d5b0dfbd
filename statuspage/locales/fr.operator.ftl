### Français, pour les opérateurs.

operator-title = Opérateurs
operator-sign-in = Se connecter
operator-sign-in-text = Pour les personnes qui exploitent ces services. La page publique ne demande aucun compte
operator-name = Nom
operator-password = Mot de passe
operator-no-accounts = Personne n’a encore de compte. Lancez « statuspage operator add NOM » sur la machine du moniteur, ajoutez au fichier de réglages ce qui s’affiche, puis redémarrez le moniteur
operator-wrong = Le nom ou le mot de passe est faux
operator-wait = Trop de tentatives. Réessayez dans { $span }
operator-busy = Beaucoup de connexions en ce moment. Réessayez dans quelques secondes
operator-in-the-clear = Un mot de passe ne voyage pas en clair : ouvrez cette page en https. Derrière un mandataire qui fait le TLS, inscrivez son réseau dans « trusted_proxies » et faites-lui envoyer X-Forwarded-Proto
operator-foreign = Ce formulaire ne vient pas de cette page, ou la session est finie : rien n’a été changé. Rouvrez la page et recommencez. Derrière un mandataire, « public_url » doit être l’adresse que vous voyez
operator-too-large = Le formulaire est plus grand que tous les nôtres : rien n’a été changé
operator-back = Retour
operator-signed-in-as = Connecté comme { $name }
operator-sign-out = Se déconnecter
operator-now = Ce qui ne va pas maintenant
operator-all-well = Tous les services marchent, autant qu’on sache
operator-since = depuis { $since }
operator-evidence = Preuves
operator-evidence-note = Seuls les opérateurs voient ceci
operator-address = Adresse
operator-addresses = Toutes les adresses
operator-chain = Certificat
operator-issued = { $subject }, délivré par { $issuer }, valable du { $from } au { $to }
operator-head = En-tête de la réponse
operator-first = Ce qui a été vu en premier
operator-first-more = { $count ->
    [one] De { $count } autre service, seuls les résultats sont conservés.
   *[other] Des { $count } autres services, seuls les résultats sont conservés.
}
operator-certificate = Fin du certificat
operator-answer = Réponse
operator-redirects = Redirections
operator-phases = Phases
operator-sample = Extrait de la réponse
operator-observed = Observé
operator-reason = Raison
operator-monitor = Le moniteur lui-même
operator-monitor-well = Aucun défaut connu
operator-store-behind = La base de données est en retard : les résultats attendent en mémoire, et les ordres ne peuvent pas être pris
operator-store-absent = Aucune base de données utilisable : on juge et on prévient toujours, mais les ordres ne peuvent pas être pris
operator-quarantined = { $file } n’est pas utilisé tel quel
operator-quarantined-kept = { $file } n’est pas utilisé tel quel ; { $component } continue avec sa dernière bonne version
operator-incidents = Incidents en cours
operator-no-incidents = Aucun incident en cours
operator-resolved-incidents = Résolus récemment
operator-services = { $count ->
    [one] { $count } service
   *[other] { $count } services
}
operator-acknowledge = Prendre en charge
operator-acknowledged = Pris en charge par { $name }, { $at }
operator-not-acknowledged = Personne ne l’a encore pris en charge
operator-lead-operators = Les opérateurs ont la main : ce sont eux qui le terminent
operator-lead-measurements = Les mesures ont la main : il se termine de lui-même dès que tout marche
operator-promise = Prochaine nouvelle promise pour { $at }
operator-promise-lapsed = La nouvelle promise pour { $at } est en retard
operator-say = Dire quelque chose
operator-stage = Étape
operator-text-in = Texte, { $language }
operator-text-hint = Markdown. Qui lit une langue sans texte reçoit l’autre
operator-title-in = Titre, { $language }
operator-title-hint = Vide : le titre reste
operator-workaround-in = Solution provisoire, { $language }
operator-workaround-hint = Comment s’en tirer en attendant. Vide la retire
operator-next-update = Prochaine nouvelle avant
operator-time-hint = Heures de { $zone }. Vide : rien de promis
operator-publish = Publier
operator-told = Une personne nous a prévenus
operator-told-at = Quand
operator-told-since = Prévenus par des personnes, { $at }
operator-note = Noter
operator-link = Retour d’un incident antérieur
operator-link-none = Ce n’en est pas un
operator-linked = Retour de : { $title }
operator-save = Enregistrer
operator-release = Rendre la main aux mesures
operator-open = Ouvrir un incident à la main
operator-open-text = Pour ce que les sondes ne voient pas. Une première nouvelle est publiée avec lui
operator-started-at = Début
operator-started-hint = Heures de { $zone }. Vide : maintenant
operator-components = Services et gravité
operator-not-touched = non touché
operator-updates = Ce qui a été dit
operator-by-monitor = le moniteur
operator-by-socket = la machine du moniteur
operator-changed = Quelqu’un a été plus rapide : rien de vous n’a été publié. Ce qui a changé est ci-dessous ; vos mots sont toujours dans le formulaire
operator-changed-by = Dernier changement par { $name }, { $at }
operator-unknown-incident = Cet incident n’existe plus
operator-unknown-component = Le service « { $id } » n’existe plus
operator-is-resolved = Cet incident est résolu : ouvrez-en un autre et reliez-le
operator-is-open = Cet incident est en cours : son post-mortem se publie une fois l’incident résolu
operator-cannot-link = Un incident n’est le retour ni de lui-même ni d’un plus récent
operator-try-again = La base de données est en retard : rien n’a été changé, réessayez dans une minute
operator-field-empty = Il faut dire quelque chose
operator-field-long = Au plus { $most } caractères
operator-field-time = Ce n’est pas une heure comme 2026-11-22 14:05
operator-field-choice = Choisissez dans la liste
operator-field-components = Choisissez au moins un service
operator-field-refused = Refusé : { $fault }
operator-maintenance = Maintenance prévue
operator-no-maintenance = Aucune n’est prévue
operator-all-services = tous les services
operator-from-to = { $from } jusqu’à { $to }
operator-more = Solution provisoire, promesse, titre
operator-audit = Ordres
operator-audit-text = Tout ce que les opérateurs ont ordonné, exécuté ou refusé. Heures de { $zone }
operator-audit-none = Personne n’a encore rien ordonné
operator-audit-who = Qui
operator-audit-what = Quoi
operator-audit-about = À propos de
operator-audit-refused = Refusé : { $why }
operator-audit-earlier = Les précédents
operator-order = { $what ->
    [open] Ouvrir un incident
    [acknowledge] Prendre en charge
    [say] Publier une nouvelle
    [release] Rendre la main aux mesures
    [reported_by_users] Noter que des personnes nous ont prévenus
    [link] Relier à un incident antérieur
    [write_field] Écrire dans le post-mortem
    [publish] Publier le post-mortem
    [withdraw] Retirer le post-mortem
    [plan_maintenance] Prévoir une maintenance
    [change_maintenance] Modifier une maintenance
    [cancel_maintenance] Annuler une maintenance
    [begin_maintenance] Commencer une maintenance
    [end_maintenance] Terminer une maintenance
    [say_maintenance] Publier une nouvelle d’une maintenance
   *[other] { $what }
}
operator-pm = Post-mortem
operator-pm-text = Ce que les mesures peuvent remplir est rempli, et dit comment. Ce que vous écrivez reste tel quel
operator-pm-open = Cet incident, ou un retour de celui-ci, est en cours : le post-mortem se publie une fois tout résolu
operator-pm-left = { $count ->
    [one] { $count } partie reste à rédiger
   *[other] { $count } parties restent à rédiger
}
operator-pm-published = Publié, { $at } : chaque changement se voit aussitôt
operator-pm-page = La page que tout le monde voit
operator-pm-publish = Publier le post-mortem
operator-pm-withdraw = Le retirer
operator-pm-edit = Rédiger cette partie
operator-pm-write = Enregistrer cette partie
operator-pm-again = La refaire à partir des mesures
operator-pm-unmeasured = Les résultats de ce moment ne peuvent pas être lus pour l’instant : ce qu’ils disent manque ci-dessous
